/**
 * The base of every error of this library.
 *
 * `code` is stable and meant for programs; the message is meant for people and says what is wrong, with which value,
 * and how to mend it.
 */
export class SseError<Code extends string = string> extends Error {
  constructor(
    /** Machine-readable cause, such as `SSE_EVENT_TOO_LARGE`. */
    readonly code: Code,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}
