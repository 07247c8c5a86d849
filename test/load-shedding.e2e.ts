import { beforeEach, describe, expect, it } from '@jest/globals';
import { totalmem } from 'node:os';
import { MATRIX } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

const MIB = 1_048_576;
const limit = Math.min(process.constrainedMemory() || Infinity, totalmem());
const percentOf = (mebibytes: number) => (mebibytes * MIB * 100) / limit;

// F2, F3: into each step and back, by each of what drives it.
describe('a process under pressure', () => {
  const server = useServer(MATRIX[0]!, {
    // The memory that it weighs is its process's.
    shared: false,
    options: {
      queue: { maxBytes: 16 * MIB, maxTotalBytes: 2 * MIB },
      monitoring: {
        interval: 200,
        closeSlowest: true,
        thresholds: {
          // Far beyond what another process on this machine does to this one.
          eventLoopDelay: { elevated: 250, critical: 350 },
          memory: { elevated: percentOf(350), critical: percentOf(450) },
          cpu: null,
        },
      },
    },
  });
  let before = 0;
  beforeEach(async () => {
    await server.noted('step', 'shedding');
    before = steps().length;
  });

  const steps = () => server.notesOf('shedding', 'step').map(({ detail }) => detail);
  const taken = () => steps().slice(before);
  const step = (count: number) => server.noted('step', 'shedding', before + count);
  const publish = (data: string, priority: 'low' | 'normal') =>
    server.call('broadcast', 'toChannel', 'room', { data }, { priority });

  it('collects events, sheds those of low priority, refuses the new ones: by a busy event loop, and back', async () => {
    const client = await server.open('/channels?c=room');
    await server.call('beBusy', 450);
    await step(3);

    const { shedding, levels, connections } = await server.call('metrics');
    expect(['refusing', 'closing']).toContain(shedding);
    expect(levels.eventLoopDelay).toBe('critical');
    await publish('of low priority', 'low');
    await publish('for all', 'normal');
    expect((await client.next()).data).toBe('{"count":1,"reason":"shed"}');
    expect((await client.next()).data).toBe('for all');
    const refused = await server.open('/channels?c=room');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.call('stats')).refused).toBe(connections.refused + 1);
    expect((await server.call('metrics')).events.dropped.shed).toBe(1);

    await server.call('beCalm');
    while (taken().at(-1) !== 'none') await step(taken().length + 1);
    const upAndDown = taken();
    expect(upAndDown.slice(0, 3)).toEqual(['batching', 'low-priority', 'refusing']);
    expect(upAndDown.slice(-4)).toEqual(['refusing', 'low-priority', 'batching', 'none']);
    await publish('of low priority', 'low');
    expect((await client.next()).data).toBe('of low priority');
    expect((await server.open('/channels?c=room')).status).toBe(200);
    expect(server.output).toMatch(
      /The delay of the event loop \(ms\) is critical level=critical before=\w+ value=[\d.]+ threshold=350/,
    );
    expect(server.output).toContain('Sheds load step=refusing number=3 of=4 connections=1');
    expect(server.output).toContain('Sheds less load step=none number=0 of=4 connections=1');
  });

  it('does so by its memory, and tells of it', async () => {
    await server.call('loadBallast', 500);
    await step(3);
    expect((await server.call('metrics')).levels.memory).toBe('critical');
    expect((await server.open('/channels?c=room')).status).toBe(503);

    await server.call('dropBallast');
    while (taken().at(-1) !== 'none') await step(taken().length + 1);

    expect(taken().slice(0, 3)).toEqual(['batching', 'low-priority', 'refusing']);
    expect(server.notesOf('memory', 'pressure').map(({ detail }) => (detail as { level: string }).level)).toEqual(
      expect.arrayContaining(['critical', 'normal']),
    );
  });

  it('closes the slowest, where it is told to, by the queues of sockets that are not read', async () => {
    const user = unique('slow');
    const quick = await server.open('/channels?c=room');
    await openSlowly(server, `/sources/subject?key=${user}&user=${user}`);
    await server.noted('subscribed', user);
    // More than the buffers of the socket take.
    await server.call('flood', user, 256, 65_536);

    const { detail } = await server.noted('closed$', user);
    expect(detail).toMatchObject({ reason: 'slow' });
    while (taken().at(-1) !== 'none') await step(taken().length + 1);

    expect(taken().slice(0, 4)).toEqual(['batching', 'low-priority', 'refusing', 'closing']);
    await publish('still here', 'normal');
    expect((await quick.next()).data).toBe('still here');
    expect((await server.call('metrics')).queues).toMatchObject({ events: 0, bytes: 0, blocked: 0 });
  });
});
