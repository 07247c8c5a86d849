import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';

/** Builds the events of a stream for who wants to look at them; `EventCounter` is the cheap one that only counts. */
export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;

  constructor(onEvent: (event: EventSourceMessage) => void) {
    this.#parser = createParser({ onEvent });
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    this.#parser.feed(this.#decoder.decode(bytes.subarray(start, end), { stream: true }));
  }
}
