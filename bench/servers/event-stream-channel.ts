import { startChannelServer } from './channel-server.js';
import { serve } from './serve.js';

serve((options) => startChannelServer(options));
