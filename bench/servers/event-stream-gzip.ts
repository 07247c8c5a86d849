import { startChannelServer } from './channel-server.js';
import { serve } from './serve.js';

/** The server of `event-stream-channel.ts`, whose clients ask for gzip. */
serve((options) => startChannelServer(options));
