import { type RequestMethod } from '@nestjs/common';
import { type Audiences } from '../connections/audiences.js';
import { type SseRateLimit } from '../options/rate-limit-options.js';
import {
  type SseCompressionOptions,
  type SseConnectionOptions,
  type SseHeartbeatOptions,
  type SseQueueOptions,
} from '../options/sse-module-options.js';
import { type SseSerializer } from '../protocol/event-encoder.js';
import { type SseEvent } from '../protocol/sse-event.js';

/** The options of one `@SseStream()`. What the module has too overrides it for this route. */
export interface SseStreamOptions {
  /**
   * The protocol of a language model's clients. It brings defaults for `method` (POST), `format` (`raw`), `onComplete`
   * (`[DONE]`), `compression` (none) and `serializer` (JSON), and refusals with their status. No token is left out for a
   * queue or a rate limit. The source yields text, such as tokens, or
   * chunks of the protocol; nothing else of ours is written but comments. If the answer ends before it is complete, the
   * client is told so in its own words. Default: none.
   *
   * - `openai`: for the `openai` packages and whatever else speaks with OpenAI's API. Text becomes chunks of a chat
   *   completion.
   * - `ai-sdk`: for `useChat()` and the other clients of the AI SDK. Text becomes text parts.
   *
   * @see https://platform.openai.com/docs/api-reference/chat-streaming
   * @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#ui-message-stream-protocol
   */
  preset?: 'openai' | 'ai-sdk';
  /** Default: GET, with a `preset` POST. EventSource knows GET only; `fetch` knows all. */
  method?: RequestMethod;
  /**
   * `raw` is for clients with a protocol of their own: no event and no id of ours is written into the stream, only
   * comments. For those of language models there is `preset`. Default: `json`, with a `preset` `raw`.
   */
  format?: 'json' | 'raw';
  /**
   * When the source ends: `end` tells an EventSource not to come back, `close` just ends the response, an event is sent
   * last (`{ event: { data: '[DONE]' } }`). Default: `end` on GET, elsewhere `close`.
   */
  onComplete?:
    | 'end'
    | 'close'
    | {
        /** What is sent last. */
        event: SseEvent;
      };
  /**
   * When the source fails, upon which the client gets `sse:error`: `retry` has it come back after a jittered time, `end`
   * not. A `raw` stream is cut, so that its client sees that it is not complete. Default: `retry`.
   */
  onError?: 'retry' | 'end';
  /**
   * The audiences that the stream takes events of: everyone's, its user's, those of its permissions. Default: all three
   * for `channels(…)`, none for any other source.
   */
  listen?: Audiences;
  /** Limits of this route, counted for it alone, beside the module's; and its own times. */
  connections?: Omit<SseConnectionOptions, 'sweepInterval'>;
  /** Its heartbeats; `false` for none. */
  heartbeat?: SseHeartbeatOptions | false;
  /** What its events are compressed with; `false` for nothing. */
  compression?: Omit<SseCompressionOptions, 'window'> | false;
  /** The queue of each of its connections. */
  queue?: Omit<SseQueueOptions, 'maxTotalBytes'>;
  /** Its own limit on what is sent, with buckets of its own, in place of the module's; `null` for none. */
  rateLimit?: SseRateLimit | null;
  /** Its serializer. */
  serializer?: SseSerializer;
  /** A connection is ended after this many milliseconds and comes back, jittered by up to -20 %; `null` for never. */
  maxAge?: number | null;
}
