import { SseEventError } from '../../protocol/sse-event-error.js';
import { type SseEvent } from '../../protocol/sse-event.js';
import { DEFAULTS, type Framing, INTERRUPTED, type StreamPreset } from './stream-preset.js';

/**
 * Text becomes a text part, which begins with the first of it and ends with the next chunk that the application made
 * itself, or with the source.
 *
 * @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#ui-message-stream-protocol
 */
class AiSdkFraming implements Framing {
  private parts = 0;
  private isOpen = false;

  text(delta: string): readonly SseEvent[] {
    const begin = this.isOpen ? [] : [this.begin()];
    return [...begin, this.part('text-delta', { delta })];
  }

  chunk(chunk: object): readonly SseEvent[] {
    if (!('type' in chunk) || typeof chunk.type !== 'string') {
      throw new SseEventError(
        'SSE_EVENT_DATA',
        "The source of a stream with the preset 'ai-sdk' yielded an object without a type, which its clients refuse: yield a UIMessageChunk, such as those of toUIMessageStream(), or text.",
      );
    }
    return [...this.end(), { data: chunk }];
  }

  end(): readonly SseEvent[] {
    if (!this.isOpen) return [];
    this.isOpen = false;
    return [this.part('text-end')];
  }

  private begin(): SseEvent {
    this.isOpen = true;
    this.parts++;
    return this.part('text-start');
  }

  private part(type: string, fields: object = {}): SseEvent {
    return { data: { type, id: `text-${this.parts}`, ...fields } };
  }
}

export const AI_SDK: StreamPreset = {
  defaults: DEFAULTS,
  headers: { 'x-vercel-ai-ui-message-stream': 'v1' },
  interruption: { data: JSON.stringify({ type: 'error', errorText: INTERRUPTED }) },
  framing: () => new AiSdkFraming(),
};
