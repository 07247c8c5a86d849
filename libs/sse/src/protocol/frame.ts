import { Buffer } from 'node:buffer';

/** What the way of a frame through the queues depends on, beside its bytes. */
export interface FrameTraits {
  /** The client's cursor once it has this frame. */
  readonly id?: string;
  /** The event's type: what the overflow policy `conflate` goes by where there is no key. */
  readonly type?: string;
  /** A newer frame of the same key replaces the waiting one. */
  readonly key?: string;
  /** Its number in the log of recorded events, if it is one or stands for one. */
  readonly sequence?: number;
  /** It stands for a recorded event on streams that have other ids. */
  readonly isCopy?: boolean;
  /** From then on, by the monotonic clock, it is not to be sent any more. */
  readonly expires?: number;
  /** When it was published, by the monotonic clock. */
  readonly publishedAt?: number;
  /** What is shed first, and what is flushed at once. */
  readonly priority?: FramePriority;
}

export type FramePriority = 'low' | 'normal' | 'critical';

/**
 * One event, encoded once however many connections receive it.
 *
 * The bytes stand in one buffer together with the HTTP/1.1 chunk around them, since handing one ready buffer to every
 * socket is what makes a delivery cost little more than its system call (docs/benchmark.md, P1). Who needs the event
 * without the chunk around it takes `payload`, a view of the same memory.
 */
export class Frame {
  /** The event within an HTTP/1.1 chunk (RFC 9112, section 7.1). */
  readonly chunk: Buffer;
  /** Size of the event on the wire. A field, since it is read several times for each delivery. */
  readonly bytes: number;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly key: string | undefined;
  /** 0 for what is not recorded: heartbeats, ephemeral events, whatever a source yields. */
  readonly sequence: number;
  /** `Infinity` for what does not expire. */
  readonly expires: number;
  /** 0 for what nobody published, such as a heartbeat. */
  readonly publishedAt: number;
  readonly priority: FramePriority;
  readonly isCopy: boolean;
  /** In how many queues it waits: the memory of a shared frame counts once. Kept by the queues' budget. */
  waiting = 0;
  private readonly payloadStart: number;
  private view: Buffer | undefined;

  constructor(block: string, traits: FrameTraits = {}) {
    this.bytes = Buffer.byteLength(block);
    const head = `${this.bytes.toString(16)}\r\n`;
    this.chunk = Buffer.from(`${head}${block}\r\n`);
    this.payloadStart = head.length;
    this.id = traits.id;
    this.type = traits.type;
    this.key = traits.key;
    this.sequence = traits.sequence ?? 0;
    this.expires = traits.expires ?? Infinity;
    this.publishedAt = traits.publishedAt ?? 0;
    this.priority = traits.priority ?? 'normal';
    this.isCopy = traits.isCopy ?? false;
  }

  /** The event alone, for responses that are not chunked by us. */
  get payload(): Buffer {
    return (this.view ??= this.chunk.subarray(this.payloadStart, this.chunk.length - 2));
  }
}
