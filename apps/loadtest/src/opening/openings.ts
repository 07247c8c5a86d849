import { performance } from 'node:perf_hooks';
import { type StreamSocket } from '../reading/stream-socket.js';

/** How often it is looked whether an answer is overdue, in ms. */
const LOOK = 250;

interface Opening {
  since: number;
  resolve: () => void;
}

/** Streams that were asked for and are not answered yet. One timer watches over all of them. */
export class Openings {
  readonly #all = new Map<StreamSocket, Opening>();
  #timer: NodeJS.Timeout | undefined;

  /** @param patience how long a server may take, in ms; for ever where it is not given */
  constructor(private readonly patience?: number) {}

  /** Resolves when the stream was answered, or will not be. */
  add(stream: StreamSocket): Promise<void> {
    if (this.patience !== undefined) this.#timer ??= setInterval(() => this.#look(), LOOK).unref();
    return new Promise((resolve) => this.#all.set(stream, { since: performance.now(), resolve }));
  }

  /** Returns how long it took, in ms; `undefined` where it was settled before. */
  settle(stream: StreamSocket): number | undefined {
    const opening = this.#all.get(stream);
    if (!opening) return undefined;
    this.#all.delete(stream);
    if (this.#all.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    opening.resolve();
    return performance.now() - opening.since;
  }

  /** In the order in which they were begun, so the first that is not overdue ends the search. */
  #look(): void {
    const begin = performance.now() - (this.patience ?? Infinity);
    for (const [stream, { since }] of this.#all) {
      if (since > begin) return;
      stream.fail('TIMEOUT');
    }
  }
}
