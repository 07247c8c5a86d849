import { afterEach, describe, expect, it } from '@jest/globals';
import { MATRIX, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { TestServer } from './harness/test-server.js';

const started: TestServer[] = [];

afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

describe.each(ONE_OF_EACH_NEST)('the module ($name)', (target) => {
  it('works in an application context, a worker that only publishes, which exits after its close', async () => {
    const worker = await TestServer.start(target, { worker: true });
    started.push(worker);

    const published = await worker.call('broadcast', 'toChannel', 'room', { data: 1 });
    expect(published).toEqual({ id: expect.stringMatching(/^.+-\d+$/) });
    expect(await worker.call('stats')).toMatchObject({ active: 0 });
    await worker.call('shutDown');

    expect(await worker.exited()).toBe(0);
  });
});

describe.each([MATRIX[0]!])('wrong options ($name)', (target) => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a negative limit', { connections: { max: -1 } }, 'connections.max', '-1'],
    ['a limit that is no number', { connections: { maxPerUser: 'five' } }, 'connections.maxPerUser', '"five"'],
    ['a heartbeat longer than the idle time-out', { heartbeat: { interval: 400_000 } }, 'heartbeat.interval', '400000'],
    ['an unknown key', { conections: { max: 1 } }, 'conections', '{"max":1}'],
    ['an unknown key further in', { connections: { maximum: 1 } }, 'connections.maximum', '1'],
    ['a limit that lets nothing pass', { rateLimit: { messagesPerSecond: 0 } }, 'rateLimit.messagesPerSecond', '0'],
    ['a policy that does not exist', { queue: { overflow: 'panic' } }, 'queue.overflow', '"panic"'],
  ])('stop the application at its start and name key, value and mend: %s', async (_name, options, key, value) => {
    const start = TestServer.start(target, { options });

    await expect(start).rejects.toMatchObject({ name: 'SseOptionsError' });
    const { message } = (await start.catch((error: unknown) => error)) as Error;
    expect(message).toContain(key);
    expect(message).toContain(value);
    // What to do about it follows the value.
    expect(message.slice(message.indexOf(value) + value.length).length).toBeGreaterThan(10);
  });
});
