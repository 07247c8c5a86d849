import { Subscriber } from 'rxjs';
import { type SseConnection } from '../connections/sse-connection.js';
import { feedIterable } from './iterable-feed.js';
import { type Source } from './source.js';
import { StreamSink } from './stream-sink.js';
import { type RouteSettings } from './stream-route.js';

/** Starts what a handler returned on its way into the connection. Channels need nothing: their events come by themselves. */
export function feed(source: Source, connection: SseConnection, settings: RouteSettings): void {
  if (source.kind === 'observable') {
    const sink = new StreamSink(connection, settings, source.observable);
    // Made before it subscribes, so that the end of the connection also stops a source that emits while it is subscribed.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- public in RxJS 7, and there is no other way to it
    const subscriber = new Subscriber<unknown>(sink);
    connection.attach('source', { release: () => subscriber.unsubscribe() });
    try {
      source.observable.subscribe(subscriber);
    } catch (error) {
      sink.error(error);
    }
  } else if (source.kind === 'iterable') {
    void feedIterable(source.iterator, new StreamSink(connection, settings, source.iterator));
  }
}
