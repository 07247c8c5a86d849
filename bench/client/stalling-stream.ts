import { type EventSourceMessage } from 'eventsource-parser';
import { connect, type Socket } from 'node:net';
import { EventReader } from '../../apps/loadtest/src/reading/event-reader.js';
import { ResponseReader } from '../../apps/loadtest/src/reading/response-reader.js';
import { prepareRequest } from '../../apps/loadtest/src/opening/stream-request.js';
import { type Regained } from './stalling-commands.js';

const request = prepareRequest({ url: 'http://localhost/stalling' });

/** A client that stops reading, and knows what it should have when it has read again: all that was published is its own. */
export class StallingStream {
  regained = nothing();
  /** The number of the last event that it has, or was told to go on from. */
  last = 0;
  private awaited: { sequence: number; resolve: () => void } | undefined;

  private constructor(private readonly socket: Socket) {}

  /** Through a Unix socket, since the kernel buffers little for it: on the loopback it takes 4 MB for each that does not read. */
  static async open(path: string): Promise<StallingStream> {
    const socket = connect({ path });
    const stream = new StallingStream(socket);
    const events = new EventReader((event) => stream.take(event));
    await new Promise<void>((resolve, reject) => {
      const reader = new ResponseReader({
        onHead: ({ isEventStream, text }) => (isEventStream ? resolve() : reject(new Error(text))),
        onBody: (bytes, start, end) => events.read(bytes, start, end),
        onEnd: () => reject(new Error('The stream ended')),
      });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('The stream was closed')));
      socket.on('data', (bytes) => reader.read(bytes));
      socket.write(request.text);
    });
    return stream;
  }

  stopReading(): void {
    this.regained = nothing();
    this.socket.pause();
  }

  /** Resolves when it has come to this number. */
  readAgain(sequence: number): Promise<void> {
    this.socket.resume();
    if (this.last >= sequence) return Promise.resolve();
    return new Promise((resolve) => (this.awaited = { sequence, resolve }));
  }

  private take({ event: type, id }: EventSourceMessage): void {
    if (type === 'message') this.count(sequenceOf(id));
    else if (type === 'sse:reset') {
      this.regained.resets++;
      this.reach(sequenceOf(id));
    }
  }

  private count(sequence: number): void {
    const { regained, last } = this;
    regained.events++;
    if (sequence <= last) regained.disordered++;
    // The first one that a client ever gets may have any number.
    else if (last > 0) regained.gaps += sequence - last - 1;
    this.reach(sequence);
  }

  private reach(sequence: number): void {
    this.last = Math.max(this.last, sequence);
    if (!this.awaited || this.last < this.awaited.sequence) return;
    this.awaited.resolve();
    this.awaited = undefined;
  }
}

/** The number at the end of an id: events of one channel, with none of others between them, are numbered without a gap. */
export function sequenceOf(id = ''): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

function nothing(): Regained {
  return { events: 0, disordered: 0, gaps: 0, resets: 0 };
}
