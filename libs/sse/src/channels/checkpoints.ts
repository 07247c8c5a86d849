import { Inject, Injectable } from '@nestjs/common';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { eventBlock } from '../protocol/event-block.js';
import { frameOf } from '../protocol/event-encoder.js';
import { formatEventId, type LogPosition } from '../protocol/event-id.js';
import { Frame } from '../protocol/frame.js';

/**
 * Frames that only move a client's cursor. Those who stand at the same place are sent the same one.
 *
 * A block with only an id fires no event in a browser and still moves the cursor that it sends back.
 */
@Injectable()
export class Checkpoints {
  private readonly isEvent: boolean;
  private last: Frame | undefined;
  private lastOpening: { frame: Frame; retry: number } | undefined;

  constructor(@Inject(SSE_OPTIONS) { checkpoint }: ResolvedOptions) {
    this.isEvent = checkpoint === 'event';
  }

  at(position: LogPosition): Frame {
    const id = formatEventId(position);
    const { sequence } = position;
    if (this.last?.id !== id) this.last = frameOf({ ...this.fields(id), id }, { sequence, isControl: true });
    return this.last;
  }

  /** The first bytes of a stream whose live delivery starts right here: its reconnection time, and its cursor. */
  opening(position: LogPosition, retry: number): Frame {
    const id = formatEventId(position);
    if (this.lastOpening?.frame.id !== id || this.lastOpening.retry !== retry) {
      const frame = new Frame(eventBlock({ retry }) + eventBlock({ ...this.fields(id), id }), { ...position, id });
      this.lastOpening = { frame, retry };
    }
    return this.lastOpening.frame;
  }

  private fields(id: string): { type?: string; data?: string } {
    return this.isEvent ? { type: 'sse:cursor', data: JSON.stringify({ id }) } : {};
  }
}
