import { Buffer } from 'node:buffer';
import { errorText } from './error-text.js';
import { checkFields, checkTypeIsFree, eventBlock, type EventFields } from './event-block.js';
import { Frame, type FrameTraits } from './frame.js';
import { type SseEvent } from './sse-event.js';
import { SseEventError } from './sse-event-error.js';

/** Turns the data of an event into text. */
export type SseSerializer = (data: unknown) => string;

/** Checks and encodes the events of an application, under its serializer and its limit. */
export class EventEncoder {
  constructor(
    private readonly serializer: SseSerializer,
    private readonly maxEventBytes: number,
  ) {}

  /**
   * The event with its data as text.
   *
   * @throws SseEventError if its id, type or retry is invalid or the serializer can't carry its data
   */
  serialise(event: SseEvent): EventFields {
    // Nest's own `@Sse()` takes null for nothing and numbers as ids, and so do those who come from it.
    const id: unknown = event.id ?? undefined;
    const fields: EventFields = {
      id: typeof id === 'number' ? String(id) : (id as string | undefined),
      type: event.type ?? undefined,
      retry: event.retry ?? undefined,
      comment: event.comment ?? undefined,
      data: event.data === undefined ? undefined : this.text(event.data),
    };
    checkNotEmpty(fields);
    checkFields(fields);
    checkTypeIsFree(fields.type);
    this.checkSize(fields);
    return fields;
  }

  /** One of the application's events, ready to be sent. */
  encode(event: SseEvent, publishedAt?: number): Frame {
    const fields = this.serialise(event);
    return frameOf(fields, { publishedAt });
  }

  private text(data: unknown): string {
    if (typeof data === 'string') return data;
    let text: unknown;
    try {
      text = this.serializer(data);
    } catch (cause) {
      throw new SseEventError(
        'SSE_EVENT_DATA',
        `The event's data (${describe(data)}) can't be serialised: ${errorText(cause)}. Send plain data, or set the option serializer.`,
        { cause },
      );
    }
    if (typeof text !== 'string') {
      throw new SseEventError(
        'SSE_EVENT_DATA',
        `The serializer made ${describe(text)} of the event's data (${describe(data)}), not a string: send plain data, or mend the option serializer.`,
      );
    }
    return text;
  }

  private checkSize({ data = '', comment = '' }: EventFields): void {
    // Three bytes are the most that a UTF-16 code unit takes in UTF-8: short texts need no counting.
    if ((data.length + comment.length) * 3 <= this.maxEventBytes) return;
    const bytes = Buffer.byteLength(data) + Buffer.byteLength(comment);
    if (bytes > this.maxEventBytes) {
      throw new SseEventError(
        'SSE_EVENT_TOO_LARGE',
        `The event has ${bytes} bytes, over the maximum of ${this.maxEventBytes}: send a reference to the data, or raise the option maxEventBytes.`,
      );
    }
  }
}

/** A frame of fields that are known to be valid: of a serialised event, or of one of this library's own. */
export function frameOf(fields: EventFields, traits?: Omit<FrameTraits, 'id' | 'type'>): Frame {
  return new Frame(eventBlock(fields), { ...traits, id: fields.id, type: fields.type });
}

function checkNotEmpty({ id, type, retry, comment, data }: EventFields): void {
  if (id !== undefined || type !== undefined || retry !== undefined || comment !== undefined || data !== undefined)
    return;
  throw new SseEventError(
    'SSE_EVENT_DATA',
    'The event has nothing in it, as when a source yields undefined: give it data, or do not send it.',
  );
}

function describe(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
