import { randomUUID } from 'node:crypto';
import { type SseEvent } from '../../protocol/sse-event.js';
import { DEFAULTS, type Framing, INTERRUPTED, type StreamPreset } from './stream-preset.js';

/** The model of chunks that are made of text alone. */
const UNNAMED_MODEL = 'unknown';

interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
}

/**
 * Text becomes chunks of a chat completion, with one id for the whole answer. What is a chunk already stays as it is; if it
 * has a `type`, as the events of the Responses API have, that is its event's type too.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
class OpenAiFraming implements Framing {
  private readonly id = `chatcmpl-${randomUUID()}`;
  private readonly created = Math.floor(Date.now() / 1_000);
  private hasSpoken = false;
  /** The text has no last chunk yet, by which clients know why it ended. */
  private isOpen = false;

  text(content: string): readonly SseEvent[] {
    const delta: Delta = this.hasSpoken ? { content } : { role: 'assistant', content };
    this.hasSpoken = true;
    this.isOpen = true;
    return [this.completion(delta, null)];
  }

  chunk(chunk: object): readonly SseEvent[] {
    const type = 'type' in chunk && typeof chunk.type === 'string' ? chunk.type : undefined;
    const before = isUsage(chunk) ? this.end() : [];
    this.isOpen = false;
    return [...before, { type, data: chunk }];
  }

  end(): readonly SseEvent[] {
    return this.isOpen ? [this.completion({}, 'stop')] : [];
  }

  private completion(delta: Delta, finishReason: 'stop' | null): SseEvent {
    const { id, created } = this;
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
    return { data: { id, object: 'chat.completion.chunk', created, model: UNNAMED_MODEL, choices } };
  }
}

/** The chunk that counts what was used. It comes after the last of the text, and says nothing of why that ended. */
function isUsage(chunk: object): boolean {
  if (!('usage' in chunk) || typeof chunk.usage !== 'object' || chunk.usage === null) return false;
  return 'choices' in chunk && Array.isArray(chunk.choices) && chunk.choices.length === 0;
}

/** The clients of OpenAI's API throw an `APIError` for data with an `error` in it. */
export const OPENAI: StreamPreset = {
  defaults: DEFAULTS,
  headers: {},
  interruption: {
    data: JSON.stringify({
      error: { message: INTERRUPTED, type: 'server_error', param: null, code: 'stream_interrupted' },
    }),
  },
  framing: () => new OpenAiFraming(),
};
