import { Milestones } from '../../apps/loadtest/src/milestones.js';
import { openPaced } from '../../apps/loadtest/src/opening/paced-opening.js';
import { SocketIoSocket } from './socket-io-socket.js';

/** The load engine's counterpart for Socket.IO. */
export class SocketIoLoad {
  readonly #sockets: SocketIoSocket[] = [];
  readonly #milestones = new Milestones();
  #opened = 0;
  #events = 0;
  #bytes = 0;

  constructor(private readonly options: { port: number; connections: number; concurrency: number }) {}

  async open(): Promise<{ opened: number }> {
    const { connections, concurrency } = this.options;
    const noStop = new AbortController().signal;
    await openPaced(connections, { interval: 0, concurrency }, () => this.#openOne(), noStop);
    return { opened: this.#opened };
  }

  whenEvents(events: number): Promise<void> {
    return this.#events >= events ? Promise.resolve() : this.#milestones.wait(events);
  }

  counts(): { events: number; bytes: number } {
    return { events: this.#events, bytes: this.#bytes };
  }

  cut(): Promise<void> {
    for (const socket of this.#sockets) socket.cut();
    return Promise.resolve();
  }

  #openOne(): Promise<void> {
    return new Promise((resolve) => {
      const connected = (): void => {
        this.#opened++;
        resolve();
      };
      const event = (): void => this.#milestones.reach(++this.#events);
      const read = (bytes: number): void => void (this.#bytes += bytes);
      this.#sockets.push(new SocketIoSocket(this.options.port, { connected, event, read, closed: resolve }));
    });
  }
}
