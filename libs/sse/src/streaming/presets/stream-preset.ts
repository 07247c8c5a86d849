import { RequestMethod } from '@nestjs/common';
import { type EventFields } from '../../protocol/event-block.js';
import { type SseEvent } from '../../protocol/sse-event.js';
import { type SseStreamOptions } from '../sse-stream-options.js';

/** What clients with a protocol of their own expect of a stream. */
export interface StreamPreset {
  /** The options of its routes, unless they say otherwise. */
  readonly defaults: SseStreamOptions;
  /** Headers of its streams; refusals do not have them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The protocol's own word for an answer that is not complete. It says nothing of why. */
  readonly interruption: EventFields;
  /** A framing for one stream. */
  framing(): Framing;
}

/** Turns what one source yields into the events of a protocol. */
export interface Framing {
  /** A piece of text, such as a token. */
  text(text: string): readonly SseEvent[];
  /** A chunk of the protocol, as the application made it. */
  chunk(chunk: object): readonly SseEvent[];
  /** What is still to be said when the source ends. */
  end(): readonly SseEvent[];
}

/**
 * Both protocols ask by POST, and take `[DONE]` for the end of a complete answer. A token compressed by itself hardly
 * shrinks (docs/language-models.md). Chunks are JSON on one line, whatever the module's serializer makes of events.
 */
export const DEFAULTS: SseStreamOptions = {
  method: RequestMethod.POST,
  format: 'raw',
  onComplete: { event: { data: '[DONE]' } },
  compression: false,
  serializer: (data) => JSON.stringify(data),
};

/** What is told of an answer that is not complete. */
export const INTERRUPTED = 'The stream ended before it was complete.';
