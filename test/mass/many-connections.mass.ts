import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { LoadEngine } from '../../apps/loadtest/src/load-engine.js';
import { MATRIX } from '../harness/matrix.js';
import { useServer } from '../harness/use-server.js';

const MANY = 5_000;
/** 20,000 in all, over the phases of a request. */
const EACH_PHASE = 5_000;
const AT_ONCE = 500;

// A4: however connections end and however many they are, nothing is left of them.
describe('after a mass of connections', () => {
  const server = useServer(MATRIX[0]!, { options: { connections: { max: null } } });

  it(`nothing is left of ${MANY} idle ones that were cut at once without a goodbye, three times over`, async () => {
    const resources = await server.call('resources');
    await idleWave(AT_ONCE);
    const heaps: number[] = [];
    for (let wave = 0; wave < 3; wave++) {
      await idleWave(MANY);
      heaps.push(await server.call('heap'));
    }
    await expectNothingLeft();
    expect(await server.call('resources')).toEqual(resources);
    expect(heaps[2]! / heaps[0]!).toBeLessThan(1.05);
  }, 120_000);

  it.each<[string, string, (load: LoadEngine) => Promise<unknown>]>([
    ['while a guard awaits', '/sources/held-by-guard?key=mass', whileHeld],
    ['while the handler awaits', '/sources/held-by-handler?key=mass', whileHeld],
    ['during a write', '/sources/subject?key=mass', duringWrites],
    ['while a generator awaits', '/sources/generator?key=mass', whileHeld],
  ])(
    `nothing is left of ${EACH_PHASE} that come and go %s`,
    async (_when, path, cut) => {
      const resources = await server.call('resources');
      await phase(path, AT_ONCE, cut);
      const before = await server.call('heap');
      await phase(path, EACH_PHASE, cut);
      await expectNothingLeft();
      expect(await server.call('resources')).toEqual(resources);
      expect((await server.call('heap')) / before).toBeLessThan(1.05);
    },
    120_000,
  );

  async function idleWave(count: number): Promise<void> {
    const load = engine('/channels?c=mass', count);
    await load.open();
    expect(load.counts().open).toBe(count);
    expect((await server.call('stats')).active).toBe(count);
    await load.cut('reset');
    await server.idle();
  }

  async function phase(path: string, count: number, cut: (load: LoadEngine) => Promise<unknown>): Promise<void> {
    for (let done = 0; done < count; done += AT_ONCE) await cut(engine(path, AT_ONCE));
    await server.idle();
  }

  async function whileHeld(load: LoadEngine): Promise<void> {
    const opening = load.open();
    while ((await server.call('countHeld', 'mass')) < AT_ONCE) await delay(1);
    await load.cut('reset');
    await opening;
    await server.call('settle');
    await server.call('release', 'mass');
    await server.idle();
  }

  async function duringWrites(load: LoadEngine): Promise<void> {
    await load.open();
    const writing = server.call('flood', 'mass', 20, 200);
    await Promise.all([writing, load.cut('reset')]);
    await server.call('flood', 'mass', 20, 200);
    await server.idle();
  }

  function engine(path: string, connections: number): LoadEngine {
    return new LoadEngine({ url: server.url + path, connections, interval: 0, concurrency: AT_ONCE });
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await server.call('stats')).toMatchObject({ active: 0, users: 0, channels: 0, queuedBytes: 0 });
  }
});

describe('at the maximum', () => {
  const server = useServer(MATRIX[0]!, { options: { connections: { max: 100 } } });

  it('no handler runs of 2,000 that knock at once, and those who are in stay undisturbed', async () => {
    const inside = new LoadEngine({ url: `${server.url}/sources/subject?key=in`, connections: 100, interval: 0 });
    await inside.open();
    const outside = new LoadEngine({
      url: `${server.url}/sources/subject?key=out`,
      connections: 2_000,
      interval: 0,
      concurrency: AT_ONCE,
    });
    await outside.open();

    expect(outside.counts().refused).toEqual({ 503: 2_000 });
    expect(server.notesOf('out')).toEqual([]);
    expect(await server.call('stats')).toMatchObject({ active: 100, refused: 2_000, peak: 100 });
    await server.call('flood', 'in', 1, 10);
    await inside.whenEvents(100);
    await inside.cut();
  }, 60_000);
});
