import { type SnapshotPlan } from '../channels/seam.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { toSseEvent } from '../protocol/sse-event.js';
import { feedIterable } from './iterable-feed.js';
import { subscribeTo } from './observable-feed.js';
import { type Sink } from './sink.js';
import { discardSource, type FedSource } from './source.js';
import { StreamSink } from './stream-sink.js';
import { type RouteSettings } from './stream-route.js';

/** The state that a stream of channels begins with. If the connection ends before its turn, nobody reads it. */
export function planSnapshot(source: FedSource, connection: SseConnection, settings: RouteSettings): SnapshotPlan {
  const discard = () => discardSource(source);
  connection.attach('source', { release: discard });
  return { send: () => sendSnapshot(source, connection, settings), discard };
}

/**
 * Resolves when all of it was taken, or the connection has ended, as it does where the source fails: what follows a state
 * that is not complete would be misunderstood.
 */
function sendSnapshot(source: FedSource, connection: SseConnection, settings: RouteSettings): Promise<void> {
  return new Promise((resolve) => {
    const sink = new SnapshotSink(connection, settings, source, resolve);
    if (source.kind === 'observable') subscribeTo(source.observable, sink);
    else void feedIterable(source.iterator, sink);
  });
}

class SnapshotSink implements Sink {
  private readonly failure: StreamSink;

  constructor(
    readonly connection: SseConnection,
    settings: RouteSettings,
    source: FedSource,
    private readonly done: () => void,
  ) {
    this.failure = new StreamSink(connection, settings, source);
    connection.signal.addEventListener('abort', done, { once: true });
  }

  next(value: unknown): void {
    try {
      this.connection.send(toSseEvent(value));
    } catch (error) {
      this.error(error);
    }
  }

  complete(): void {
    this.connection.signal.removeEventListener('abort', this.done);
    this.done();
  }

  error(error: unknown): void {
    this.failure.error(error);
  }
}
