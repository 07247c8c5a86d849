import { describe, expect, it } from '@jest/globals';
import { type PressureChange } from 'nestjs-event-stream';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { openSlowly } from './harness/slow-reader.js';
import { unique, useServer } from './harness/use-server.js';

// F1, A1: what is counted is what happened.
describe.each(ONE_OF_EACH_NEST)('the metrics of a node ($name)', (target) => {
  const server = useServer(target, {
    options: {
      connections: { max: 4 },
      heartbeat: { interval: 60_000 },
      monitoring: { interval: 100, degrade: false },
    },
  });
  const metrics = () => server.call('metrics');

  it('count connections, those that were refused and how they ended', async () => {
    const { connections: before } = await metrics();
    const clients = await Promise.all([1, 2, 3, 4].map(() => server.open(`/channels?c=${unique('room')}`)));
    expect((await server.open('/channels?c=room')).status).toBe(503);

    const { connections } = await metrics();
    expect(connections).toMatchObject({ active: 4, peak: 4, channels: 5, users: 0 });
    expect(connections.opened - before.opened).toBe(4);
    expect(connections.refused - before.refused).toBe(1);
    await clients[0]!.close();
    await server.call('closeAll');

    const { connections: after } = await metrics();
    expect(after.active).toBe(0);
    expect(after.closed.client + after.closed.kicked).toBe(4);
  });

  it('count events once for each connection, their bytes, and how long they took', async () => {
    const room = unique('room');
    const clients = await Promise.all([1, 2].map(() => server.open(`/channels?c=${room}`)));
    const before = await metrics();

    await server.call('burst', room, 50, 100);
    for (const client of clients) await client.take(50);

    const { events, latency } = await metrics();
    expect(events.published - before.events.published).toBe(50);
    expect(events.received - before.events.received).toBe(50);
    expect(events.sent - before.events.sent).toBe(100);
    expect(events.sentBytes - before.events.sentBytes).toBeGreaterThan(100 * 100);
    expect(latency.count - before.latency.count).toBe(100);
    expect(latency.buckets.at(-1)!.count).toBe(latency.count);
    expect(latency.p50).toBeLessThanOrEqual(latency.p99);
  });

  it('count heartbeats, and what a resumed client was spared or not', async () => {
    const room = unique('room');
    const client = await server.open(`/channels?c=${room}`);
    const before = await metrics();
    await server.call('beat');
    expect((await metrics()).heartbeats.sent - before.heartbeats.sent).toBe(1);
    await server.call('burst', room, 2);
    const [{ id: cursor } = { id: undefined }] = await client.take(2);

    const resumed = await server.open(`/channels?c=${room}`, { headers: { 'last-event-id': cursor } });
    await resumed.next();
    const foreign = await server.open(`/channels?c=${room}`, { headers: { 'last-event-id': 'no-such-id' } });
    await foreign.next({ type: 'sse:reset' });

    const { resumes } = await metrics();
    expect([resumes.resumed - before.resumes.resumed, resumes.reset - before.resumes.reset]).toEqual([1, 1]);
  });

  it('show what waits for a client that does not read, and what it loses', async () => {
    const key = unique();
    await openSlowly(server, `/slow/subject?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('flood', key, 256, 65_536);

    const { queues, events } = await metrics();

    expect(queues).toMatchObject({ events: 8, longest: 8, blocked: 1 });
    expect(queues.bytes).toBeGreaterThan(8 * 65_536);
    expect(queues.peakBytes).toBeGreaterThanOrEqual(queues.bytes);
    expect(events.dropped.overflow).toBeGreaterThan(100);
  });

  it('are rates over the last seconds, and what the process uses', async () => {
    const room = unique('room');
    await server.open(`/channels?c=${room}`);
    while ((await metrics()).rates.sent === 0) await server.call('burst', room, 10);

    const { rates, peakRates, resources, peak, uptime, backplane, level, levels } = await metrics();

    for (const name of Object.keys(rates) as (keyof typeof rates)[]) expect(rates[name]).toBeGreaterThanOrEqual(0);
    expect(peakRates.published).toBeGreaterThanOrEqual(0);
    expect(resources.rss).toBeGreaterThan(resources.heapUsed);
    expect(resources.memoryLimit).toBeGreaterThan(resources.rss);
    expect(resources.cores).toBeGreaterThanOrEqual(1);
    expect(peak.rss).toBeGreaterThanOrEqual(resources.rss);
    expect(uptime).toBeGreaterThan(0);
    expect(backplane).toEqual({ status: 'up' });
    expect(Object.values(levels)).toContain(level);
  });

  it('warn before the maximum of connections is reached, and when it is far again', async () => {
    const changes = () => server.notesOf('connections', 'pressure').map(({ detail }) => detail as PressureChange);
    while ((await metrics()).levels.connections !== 'normal') await server.call('settle');
    const before = changes().length;
    const clients = await Promise.all([1, 2, 3, 4].map(() => server.open('/channels?c=room')));
    await server.noted('pressure', 'connections', before + 1);
    expect(changes()[before]).toMatchObject({ before: 'normal' });

    for (const client of clients) await client.close();
    while (changes().at(-1)!.level !== 'normal') await server.noted('pressure', 'connections', changes().length + 1);

    expect(server.output).toMatch(
      /The number of connections is critical level=critical before=\w+ value=4 threshold=4/,
    );
    expect(server.output).toMatch(
      /The number of connections is normal again level=normal before=\w+ value=0 threshold=\d/,
    );
  });
});
