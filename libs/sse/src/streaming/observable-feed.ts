import { type Observable, Subscriber } from 'rxjs';
import { type Sink } from './sink.js';

/** Feeds an Observable into a connection. It can't be paused: what a slow client does not take waits in its queue. */
export function subscribeTo(observable: Observable<unknown>, sink: Sink): void {
  // Made before it subscribes, so that the end of the connection also stops a source that emits while it is subscribed.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- public in RxJS 7, and there is no other way to it
  const subscriber = new Subscriber<unknown>(sink);
  sink.connection.attach('source', { release: () => subscriber.unsubscribe() });
  try {
    observable.subscribe(subscriber);
  } catch (error) {
    sink.error(error);
  }
}
