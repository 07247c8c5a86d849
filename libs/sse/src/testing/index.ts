export { advanceTime, type ApplicationWithSse } from './advance-time.js';
export { collectEvents, type CollectOptions } from './collect-events.js';
export { type EventMatch, type NextOptions, SseTestClient, type WaitOptions } from './sse-test-client.js';
export { SseTestClientError } from './sse-test-client-error.js';
export { type SseTestEvent } from './event-reader.js';
export { type SseTestEnd } from './received-stream.js';
export { type SseTestInit, type SseTestResponse } from './http-request.js';
export { type ListeningApplication } from './base-url.js';
export { backplaneContract, type BackplaneContractCase, type BackplaneContractOptions } from './backplane-contract.js';
