import { startBetterSse } from './better-sse-server.js';
import { serve } from './serve.js';

/** Events that come together leave together, as its guide to batching has it: the application must know that they do. */
serve(() => startBetterSse({ batched: true }));
