import { startBetterSse } from './better-sse-server.js';
import { serve } from './serve.js';

serve(() => startBetterSse({ batched: false }));
