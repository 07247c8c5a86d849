import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Param } from '@nestjs/common';
import { PassThrough, type Readable } from 'node:stream';
import { CurrentConnection, OnSseOpen, type SseConnection, SseStream } from 'nestjs-event-stream';
import { Observable, of, throwError } from 'rxjs';
import { settled, useApplications } from '../harness/application.js';

/** What can be thrown and can't be described as an Error can. */
const ODD: Record<string, unknown> = {
  'an object without a prototype': Object.create(null) as unknown,
  'an object that throws when it is made into text': {
    toString() {
      throw new Error('No text');
    },
  },
  'an error whose message throws': Object.defineProperty(new Error(), 'message', {
    get() {
      throw new Error('No message');
    },
  }),
  'a proxy that throws at everything': new Proxy(
    {},
    {
      get() {
        throw new Error('No property');
      },
      getPrototypeOf() {
        throw new Error('No prototype');
      },
    },
  ),
  'a symbol': Symbol('odd'),
  undefined,
};

@Controller()
class FailingController {
  @SseStream('observable/:odd')
  observable(@Param('odd') odd: string) {
    return throwError(() => ODD[odd]);
  }

  @SseStream('generator/:odd')
  async *generator(@Param('odd') odd: string) {
    yield 'first';
    throw ODD[odd];
  }
}

describe('a source that fails by', () => {
  const start = useApplications();

  it.each(Object.keys(ODD))('%s ends its stream and nothing else', async (odd) => {
    const app = await start({ controllers: [FailingController] });

    for (const kind of ['observable', 'generator']) {
      const events = await (await app.open(`/${kind}/${encodeURIComponent(odd)}`)).untilClosed();
      expect(events.at(-1)).toMatchObject({ type: 'sse:error', data: '{"code":"SSE_SOURCE_FAILED"}' });
    }
    expect(app.connections.stats()).toMatchObject({ active: 0, closed: { error: 2 } });
  });
});

describe('a stream whose last event', () => {
  const start = useApplications();

  @Controller()
  class CompletingController {
    @SseStream('bigint', { onComplete: { event: { data: { total: 1n } } } })
    bigint() {
      return of('first');
    }

    @SseStream('serializer', { onComplete: { event: { data: { last: true } } }, serializer: failAtLast })
    serializer() {
      return of({ last: false });
    }
  }

  it.each(['bigint', 'serializer'])('can not be serialised ends as one whose source failed: %s', async (path) => {
    const app = await start({ controllers: [CompletingController] });

    const events = await (await app.open(`/${path}`)).untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['message', 'sse:error']);
    expect(app.connections.count).toBe(0);
  });

  function failAtLast(data: unknown): string {
    if ((data as { last: boolean }).last) throw new Error('Not the last one');
    return JSON.stringify(data);
  }
});

describe("a stream of Node's", () => {
  const start = useApplications();
  let failing: Readable;

  @Injectable()
  class WaitingHook {
    /** Until the source has failed, and longer. */
    @OnSseOpen()
    async opening() {
      const closed = new Promise((resolve) => failing.once('close', resolve));
      failing.destroy(new Error('No such file'));
      await closed;
      await settled();
    }
  }

  @Controller()
  class FileController {
    @SseStream('file')
    file() {
      return (failing = new PassThrough());
    }
  }

  it('may fail before it is read: its client is told, and the process goes on', async () => {
    const app = await start({ controllers: [FileController], providers: [WaitingHook] });

    const events = await (await app.open('/file')).untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['sse:error']);
    expect(app.connections.count).toBe(0);
  });
});

describe('a source that emits while it is subscribed', () => {
  const start = useApplications();
  const LIMIT = 1_000;
  let produced: number;

  /** Goes on for as long as somebody listens. */
  function burst(valueAt: (n: number) => unknown): Observable<unknown> {
    produced = 0;
    return new Observable((subscriber) => {
      for (; produced < LIMIT && !subscriber.closed; produced++) subscriber.next(valueAt(produced));
      subscriber.complete();
    });
  }

  @Controller()
  class BurstController {
    @SseStream('unserialisable')
    unserialisable() {
      return burst((n) => (n === 2 ? { total: 1n } : n));
    }

    @SseStream('kicked')
    kicked(@CurrentConnection() connection: SseConnection) {
      return burst((n) => {
        if (n === 2) connection.close();
        return n;
      });
    }
  }

  it.each([
    ['unserialisable', 'sse:error'],
    ['kicked', 'sse:end'],
  ])('is stopped by the end of its stream: %s', async (path, last) => {
    const app = await start({ controllers: [BurstController] });

    const events = await (await app.open(`/${path}`)).untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['message', 'message', last]);
    expect(produced).toBeLessThanOrEqual(3);
  });
});

describe('a source whose stream was closed as it opened', () => {
  const start = useApplications();
  let begun = 0;

  @Controller()
  class CountingController {
    @SseStream('observable')
    observable() {
      return new Observable<never>(() => {
        begun++;
      });
    }

    @SseStream('generator')
    async *generator() {
      begun++;
      yield 'never';
    }
  }

  it.each(['observable', 'generator'])('does not begin: %s', async (path) => {
    const app = await start({ controllers: [CountingController] });
    app.connections.opened$.subscribe((connection) => connection.close());
    begun = 0;

    const events = await (await app.open(`/${path}`)).untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['sse:end']);
    expect(begun).toBe(0);
    expect(app.connections.stats()).toMatchObject({ active: 0, opened: 1, closed: { kicked: 1 } });
  });
});
