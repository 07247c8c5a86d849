import { type Socket } from 'node:net';

/** More than this waits nowhere but in the kernel, as on a real network. */
const MOST_WAITING = 65_536;

interface Waiting {
  readonly due: number;
  /** The end of the stream, where there are none. */
  readonly bytes?: Buffer;
}

/** One direction of a connection: bytes leave in their order, each after its delay, and no faster than they are taken. */
export class DelayLine {
  private readonly waiting: Waiting[] = [];
  private size = 0;
  private isFlowing = false;
  private isStalled = false;
  private hasEnded = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    to.on('drain', () => this.flow());
  }

  pass(bytes: Buffer, delay: number): void {
    this.size += bytes.length;
    this.put({ due: performance.now() + delay, bytes });
  }

  end(delay: number): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.put({ due: performance.now() + delay });
  }

  /** Reads nothing more, as a client that is slow: what comes waits where it comes from. */
  stall(): void {
    this.isStalled = true;
    this.from.pause();
  }

  goOn(): void {
    this.isStalled = false;
    this.flow();
  }

  private put(waiting: Waiting): void {
    this.waiting.push(waiting);
    if (this.size > MOST_WAITING) this.from.pause();
    this.flow();
  }

  private flow(): void {
    if (this.isFlowing) return;
    while (!this.to.writableNeedDrain) {
      const [next] = this.waiting;
      if (!next) break;
      const left = next.due - performance.now();
      if (left > 0) {
        this.isFlowing = true;
        setTimeout(() => {
          this.isFlowing = false;
          this.flow();
        }, left);
        return;
      }
      this.waiting.shift();
      this.size -= next.bytes?.length ?? 0;
      if (next.bytes) this.to.write(next.bytes);
      else this.to.end();
    }
    if (this.size <= MOST_WAITING && !this.isStalled) this.from.resume();
  }
}
