import { type EventSourceMessage } from 'eventsource-parser';
import { type PreparedRequest, type StreamRequest } from './opening/stream-request.js';
import { type BodyCounter } from './reading/event-counter.js';
import { type ResponseHead } from './reading/response-head.js';
import { type StreamEnd, type StreamSocket } from './reading/stream-socket.js';

export interface LoadOptions extends Omit<StreamRequest, 'headers'> {
  /** How many streams. Default 1,000. */
  connections?: number;
  /** ms between the opening of one and of the next. 0 opens as fast as the server answers. Default 10. */
  interval?: number;
  /** How many are being opened at once where `interval` is 0. Default 64. */
  concurrency?: number;
  /** Headers of the request, also by the index of the stream, so that each comes as its own user. */
  headers?: Record<string, string> | ((index: number) => Record<string, string>);
  /**
   * The request of a stream, in place of `url`, `method`, `headers` and `body`. Where it rejects the stream has failed by
   * the `code` of the error. A stream that comes back sends it again.
   */
  requestFor?: (index: number) => Promise<PreparedRequest> | PreparedRequest;
  /** Streams that were dropped, ended or not answered come back as EventSource does. Default: nothing is tried twice. */
  reconnect?: boolean;
  /** ms after which a stream that was not answered has failed by `TIMEOUT`. Default: never. */
  patience?: number;
  /** Gets every event. Without it events are only counted, which is far cheaper. */
  onEvent?: (event: EventSourceMessage, stream: StreamSocket) => void;
  /** What counts the events of a stream, by the head of its answer. Default: plain text, so not a compressed one. */
  counterFor?: (head: ResponseHead, stream: StreamSocket) => BodyCounter;
  /** The head of an answer came, so many ms after it was asked for. */
  onHead?: (stream: StreamSocket, milliseconds: number) => void;
  onClose?: (stream: StreamSocket, end: StreamEnd) => void;
}
