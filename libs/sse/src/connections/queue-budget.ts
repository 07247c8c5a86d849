import { type Frame } from '../protocol/frame.js';

/** The bytes that wait in the queues of all connections. A frame that waits in many of them is in memory once. */
export class QueueBudget {
  /** Bytes that wait now. */
  bytes = 0;

  constructor(readonly maxTotalBytes: number) {}

  get isExceeded(): boolean {
    return this.bytes > this.maxTotalBytes;
  }

  hold(frame: Frame): void {
    if (frame.waiting++ === 0) this.bytes += frame.bytes;
  }

  release(frame: Frame): void {
    if (--frame.waiting === 0) this.bytes -= frame.bytes;
  }
}
