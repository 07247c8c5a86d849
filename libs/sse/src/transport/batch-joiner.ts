import { Buffer } from 'node:buffer';
import { type Frame } from '../protocol/frame.js';

/**
 * Joins the frames that leave together into one buffer, once for all connections that send the same ones.
 *
 * Measured per event, ten in a tick to 2,000 connections: a write each 6.2 µs, one corked write 0.99, one joined buffer
 * 0.78. Joining copies, so it pays only where the copy is shared: the first connection of a batch gets no buffer and
 * corks, and only when a second one comes with the same frames is the buffer made.
 */
export class BatchJoiner {
  private frames: readonly Frame[] = [];
  private joined: Buffer | undefined;

  constructor(private readonly bytesOf: (frame: Frame) => Buffer) {}

  /** The frames in one buffer, or nothing if nobody else has sent just these. */
  join(frames: readonly Frame[]): Buffer | undefined {
    if (!this.isSame(frames)) {
      // What was sent is not kept: those who send the same do it in this turn of the event loop.
      if (this.frames.length === 0) setImmediate(this.forget);
      this.frames = frames.slice();
      this.joined = undefined;
      return undefined;
    }
    return (this.joined ??= Buffer.concat(this.frames.map(this.bytesOf)));
  }

  private readonly forget = () => {
    this.frames = [];
    this.joined = undefined;
  };

  private isSame(frames: readonly Frame[]): boolean {
    if (frames.length !== this.frames.length) return false;
    for (let index = 0; index < frames.length; index++) {
      if (frames[index] !== this.frames[index]) return false;
    }
    return true;
  }
}
