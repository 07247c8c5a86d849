import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import {
  channels,
  type ConnectionTarget,
  type DisconnectTarget,
  type NodeCommand,
  SseStream,
} from 'nestjs-event-stream';
import { type Application, as, useApplications } from '../harness/application.js';
import { FakeBackplane } from '../harness/fake-backplane.js';

@Controller()
class StreamsController {
  @SseStream('room')
  room() {
    return channels('room');
  }
}

/** As if it came from JavaScript, or from a value that turned out to be missing. */
const untyped = (target: object) => target as ConnectionTarget & DisconnectTarget;

describe('a command whose target names nobody', () => {
  const start = useApplications();

  async function startWithStreams(): Promise<{ app: Application; backplane: FakeBackplane }> {
    const backplane = new FakeBackplane();
    const app = await start({ controllers: [StreamsController], options: { backplane } });
    for (const init of [undefined, undefined, as('anna'), as('ben')]) await app.open('/room', init);
    await app.untilCount(4);
    return { app, backplane };
  }

  it.each<[string, object]>([
    ['a token that is missing', { token: undefined }],
    ['an empty token', { token: '' }],
    ['a user that is missing', { user: undefined }],
    ['an empty user', { user: '' }],
    ['a connection that is missing', { connection: undefined }],
    ['a number', { connection: 7 }],
    ['nothing', {}],
    ['two things', { user: 'anna', token: 'one too many' }],
  ])('is refused, and closes no connection: %s', async (_what, target) => {
    const { app } = await startWithStreams();

    await expect(app.broadcaster.disconnect(untyped(target))).rejects.toMatchObject({ name: 'SseError' });
    await expect(app.broadcaster.subscribe(untyped(target), 'news')).rejects.toMatchObject({ name: 'SseError' });
    await expect(app.broadcaster.unsubscribe(untyped(target), 'room')).rejects.toMatchObject({ name: 'SseError' });

    expect(app.connections.count).toBe(4);
    expect(app.connections.countByChannel('news')).toBe(0);
    expect(app.connections.countByChannel('room')).toBe(4);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['a token that is missing', { token: undefined }],
    ['a user that is missing', { user: undefined }],
  ])('reaches nobody where it comes from another node: %s', async (_what, target) => {
    const { app, backplane } = await startWithStreams();

    await backplane.command({ name: 'disconnect', target } as NodeCommand).catch(() => undefined);

    expect(app.connections.count).toBe(4);
  });
});

describe('a connection that is closed as if its client had left', () => {
  const start = useApplications();

  it.each<[string, (app: Application, id: string) => unknown]>([
    ['by itself', ({ connections }) => connections.all()[0]!.close('client')],
    ['by the registry', ({ connections }, id) => connections.close(id, 'client')],
  ])('is one for its client too, and holds up no shutdown: %s', async (_how, close) => {
    const app = await start({ controllers: [StreamsController] });
    const client = await app.open('/room');
    await app.untilCount(1);

    close(app, app.connections.all()[0]!.id);
    await client.untilClosed();

    expect(app.connections.stats()).toMatchObject({ active: 0, closed: { client: 1 } });
    await app.close();
  });
});
