/**
 * What {@link SseTestClient} rejects with when the stream did not do what the test expected. The message says what came
 * instead: another event, the end of the stream, an answer that is no stream, or nothing at all.
 *
 * @example
 * await expect(client.next({ type: 'alarm' })).rejects.toThrow(SseTestClientError);
 */
export class SseTestClientError extends Error {
  /** `SseTestClientError`. */
  override readonly name = 'SseTestClientError';
}
