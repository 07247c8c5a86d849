import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { channels, type CloseReason, SseStream } from 'nestjs-event-stream';
import { NEVER, Observable } from 'rxjs';
import { useApplications } from '../harness/application.js';
import { FakeBackplane } from '../harness/fake-backplane.js';

function throwingAtItsEnd(): Observable<string> {
  return new Observable((subscriber) => {
    subscriber.next('first');
    return () => {
      throw new Error('The teardown failed');
    };
  });
}

@Controller()
class StreamsController {
  @SseStream('throwing', { listen: { all: true } })
  throwing() {
    return throwingAtItsEnd();
  }

  @SseStream('throwing-early', { maxAge: 20 })
  throwingEarly() {
    return throwingAtItsEnd();
  }

  @SseStream('silent')
  silent() {
    return NEVER;
  }

  @SseStream('room')
  room() {
    return channels('room');
  }
}

describe('a teardown that throws', () => {
  const start = useApplications();

  it('does not keep the connection in the registry when its client leaves', async () => {
    const app = await start({ controllers: [StreamsController] });
    const client = await app.open('/throwing');
    await client.next();

    await client.close();
    await app.untilCount(0);

    expect(app.connections.stats()).toMatchObject({ active: 0, channels: 0, closed: { client: 1 } });
  });

  it('does not keep the client from being told that it is kicked', async () => {
    const app = await start({ controllers: [StreamsController] });
    const client = await app.open('/throwing');
    await client.next();

    app.connections.all()[0]!.close();

    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:end']);
    expect(app.connections.count).toBe(0);
  });

  it('holds up neither the shutdown nor the farewell of other streams', async () => {
    const app = await start({ controllers: [StreamsController] });
    const throwing = await app.open('/throwing');
    const other = await app.open('/silent');
    await app.untilCount(2);

    await app.close();

    expect((await other.untilClosed()).map(({ type }) => type)).toEqual(['sse:closing']);
    expect((await throwing.untilClosed()).map(({ type }) => type)).toEqual(['message', 'sse:closing']);
    expect(app.connections.count).toBe(0);
  });

  it('does not stop the heartbeats of other streams when it throws at the maximum age', async () => {
    const options = { heartbeat: { interval: 30, event: 'beat' } };
    const app = await start({ controllers: [StreamsController], options });
    const other = await app.open('/silent');
    const throwing = await app.open('/throwing-early');

    expect((await throwing.untilClosed()).at(-1)).toMatchObject({ type: 'sse:closing' });
    const beatsBefore = app.connections.all()[0]!.stats.events;
    await other.take(beatsBefore + 3, { type: 'beat' });
  });
});

describe('a response that can not be ended', () => {
  const start = useApplications();
  const parts = {
    controllers: [StreamsController],
    middleware: (_request: unknown, response: { end: () => unknown }, next: () => void) => {
      response.end = () => {
        throw new Error('Cannot set headers after they are sent to the client');
      };
      next();
    },
  };

  it.each<CloseReason>(['kicked', 'max-age'])('is cut, and its connection forgotten: %s', async (reason) => {
    const app = await start(parts);
    const client = await app.open('/silent');
    await app.untilCount(1);

    app.connections.all()[0]!.close(reason);

    expect(app.connections.count).toBe(0);
    await client.untilClosed();
    expect(await client.closed).toBe('cut');
  });

  it('does not hold up the shutdown', async () => {
    const app = await start(parts);
    const clients = [await app.open('/silent'), await app.open('/silent')];
    await app.untilCount(2);

    await app.close();

    expect(app.connections.count).toBe(0);
    await Promise.all(clients.map((client) => client.untilClosed()));
  });
});

describe('a backplane that throws where it should reject', () => {
  const start = useApplications();

  it('does not keep the connection in the registry, nor hold up the shutdown', async () => {
    const backplane = new FakeBackplane();
    const app = await start({ controllers: [StreamsController], options: { backplane } });
    const [first, second] = [await app.open('/room'), await app.open('/silent')];
    await app.untilCount(2);
    backplane.beforeUnsubscribe = () => {
      throw new Error('The engine is away');
    };

    await first.close();
    await app.untilCount(1);
    expect(app.connections.countByChannel('room')).toBe(0);
    await app.close();

    expect((await second.untilClosed()).map(({ type }) => type)).toEqual(['sse:closing']);
  });
});
