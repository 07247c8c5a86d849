import { Observable } from 'rxjs';
import { type FlushScheduler } from '../connections/flush-scheduler.js';
import { type EventEncoder } from '../protocol/event-encoder.js';
import { EmissionCache } from './emission-cache.js';

/**
 * The emission caches of one route, one for each Observable that its handlers returned.
 *
 * Only streams of the very same Observable share: each of them sees each of its emissions. Streams that each filter a
 * Subject in their own way do not, and with an object that is changed and emitted again one would get another's event.
 */
export class EmissionCaches {
  private readonly caches = new WeakMap<object, EmissionCache>();

  constructor(
    private readonly encoder: EventEncoder,
    private readonly scheduler: FlushScheduler,
  ) {}

  of(source: object): EmissionCache {
    const origin = originOf(source);
    let cache = this.caches.get(origin);
    if (!cache) this.caches.set(origin, (cache = new EmissionCache(this.encoder, this.scheduler)));
    return cache;
  }
}

/** `subject.asObservable()` makes a new Observable each time, which passes everything on. */
function originOf(source: object): object {
  /* eslint-disable @typescript-eslint/no-deprecated -- public in RxJS 7; where they are gone, nothing is shared but what is the same object */
  let origin = source;
  while (origin instanceof Observable && !origin.operator && origin.source) origin = origin.source;
  return origin;
  /* eslint-enable @typescript-eslint/no-deprecated */
}
