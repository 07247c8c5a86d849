import { startChannelServer } from './channel-server.js';
import { serve } from './serve.js';

/** What one event is compressed against is not what its clients had last: that was of the other channel. */
serve((options) => startChannelServer(options, { channelNames: ['bench', 'bench-2'] }));
