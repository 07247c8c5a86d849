import { type SseConnection } from '../connections/sse-connection.js';
import { subscribeTo } from './observable-feed.js';
import { feedIterable } from './iterable-feed.js';
import { type FedSource } from './source.js';
import { StreamSink } from './stream-sink.js';
import { type RouteSettings } from './stream-route.js';

/** Starts what a handler returned on its way into the connection, which ends with it. */
export function feed(source: FedSource, connection: SseConnection, settings: RouteSettings): void {
  if (source.kind === 'observable') {
    subscribeTo(source.observable, new StreamSink(connection, settings, source.observable));
  } else {
    void feedIterable(source.iterator, new StreamSink(connection, settings, source.iterator));
  }
}
