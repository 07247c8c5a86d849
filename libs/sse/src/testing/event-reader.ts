import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { SseTestClientError } from './sse-test-client-error.js';
import { shortened } from './transcript.js';

/** One event as a client's application sees it. */
export interface SseTestEvent {
  /** The event's own `id:` line; absent where the block had none. */
  readonly id?: string;
  /** The `event:` line, or `message` as in a browser. */
  readonly type: string;
  /** The `data:` lines, joined with line feeds. */
  readonly data: string;
  /** The `retry:` line of the same block, in ms. */
  readonly retry?: number;
  /**
   * The data parsed as JSON. Of an event whose data is a string, `data` is that string already.
   *
   * @throws {@link SseTestClientError} if it is none
   *
   * @example
   * expect((await client.next()).json()).toEqual({ amount: 120 });
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a test states the shape that it expects
  json<T = unknown>(): T;
}

export interface EventReaderHandlers {
  onEvent(event: SseTestEvent): void;
  onComment(comment: string): void;
  onRetry(retry: number): void;
  /** Also told by blocks that have an id and no data, which fire no event but move a browser's cursor. */
  onId(id: string): void;
}

/**
 * Reads the bytes of an event stream. eventsource-parser does the parsing; the text is handed to it line by line, since
 * it does not tell where a block ends nor the id of a block without data.
 */
export class EventReader {
  private readonly decoder = new TextDecoder();
  private readonly parser;
  private rest = '';
  private id: string | undefined;
  private retry: number | undefined;

  constructor(private readonly handlers: EventReaderHandlers) {
    this.parser = createParser({
      onEvent: (message) => handlers.onEvent(this.toEvent(message)),
      onComment: (comment) => handlers.onComment(comment),
      onRetry: (retry) => {
        this.retry = retry;
        handlers.onRetry(retry);
      },
    });
  }

  read(bytes: Uint8Array): void {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    let start = 0;
    for (const end of text.matchAll(/\r\n|\n|\r(?!$)/g)) {
      this.readLine(text.slice(start, end.index));
      start = end.index + end[0].length;
    }
    this.rest = text.slice(start);
  }

  private readLine(line: string): void {
    const id = /^id(?:: ?(.*))?$/.exec(line);
    if (id && !line.includes('\0')) this.id = id[1] ?? '';
    this.parser.feed(`${line}\n`);
    if (line !== '') return;
    if (this.id !== undefined) this.handlers.onId(this.id);
    this.id = undefined;
    this.retry = undefined;
  }

  private toEvent(message: EventSourceMessage): SseTestEvent {
    const { data, event: type = 'message' } = message;
    return {
      type,
      data,
      ...(message.id === undefined ? {} : { id: message.id }),
      ...(this.retry === undefined ? {} : { retry: this.retry }),
      json: parseJson.bind(undefined, type, data) as SseTestEvent['json'],
    };
  }
}

function parseJson(type: string, data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new SseTestClientError(`The data of the event "${type}" is no JSON: ${shortened(data)}`, { cause: error });
  }
}
