import { describe, expect, it } from '@jest/globals';
import { MATRIX, ONE_OF_EACH } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// B6: a source that ends ends the stream for good; #7125, #7234: ending from the server.
describe.each(MATRIX)('a source that completes ($name)', (target) => {
  const server = useServer(target);

  it('ends the stream with a mark that names the reason', async () => {
    const client = await server.open(`/ending/complete?key=${unique()}`);

    const events = await client.untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['message', 'message', 'sse:end']);
    expect(events[2]?.json()).toEqual({ reason: 'completed' });
    expect(events[2]?.id).toMatch(/^2~end\.completed\./);
    expect(await client.closed).toBe('ended');
  });

  it('answers 204 when the mark comes back, without running the handler', async () => {
    const key = unique();
    const first = await server.open(`/ending/complete?key=${key}`);
    await first.closed;

    const second = await server.open(`/ending/complete?key=${key}`, {
      headers: { 'last-event-id': first.lastEventId },
    });

    expect(second.status).toBe(204);
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(await second.text()).toBe('');
    expect(server.notesOf(key, 'ran')).toHaveLength(1);
  });

  it('does not let the mark past a guard', async () => {
    const first = await server.open('/ending/guarded?allow=yes');
    await first.closed;
    const headers = { 'last-event-id': first.lastEventId };

    const refused = await server.open('/ending/guarded?allow=no', { headers });
    const answered = await server.open('/ending/guarded?allow=yes', { headers });

    expect([refused.status, answered.status]).toEqual([403, 204]);
  });

  it('makes a mark for streams without ids too', async () => {
    const first = await server.open('/ending/without-ids');
    await first.closed;

    const second = await server.open('/ending/without-ids', { headers: { 'last-event-id': first.lastEventId } });

    expect(first.lastEventId).toMatch(/^~end\.completed\./);
    expect(second.status).toBe(204);
  });

  it('takes the mark for an ordinary cursor on another route, and hands over the bare one', async () => {
    const key = unique();
    const first = await server.open(`/ending/complete?key=${unique()}`);
    await first.closed;

    const second = await server.open(`/ending/other?key=${key}`, { headers: { 'last-event-id': first.lastEventId } });

    expect(second.status).toBe(200);
    expect((await server.noted('ran', key)).detail).toEqual({ lastEventId: '2' });
  });

  it('does not believe in the mark on a POST', async () => {
    const key = unique();
    const first = await server.open(`/ending/complete?key=${unique()}`);
    await first.closed;

    const second = await server.open(`/ending/post?key=${key}`, {
      method: 'POST',
      headers: { 'last-event-id': first.lastEventId },
    });

    expect(second.status).toBe(200);
    await server.noted('ran', key);
  });

  it('lets a client start anew that sends no id', async () => {
    const key = unique();
    await (
      await server.open(`/ending/complete?key=${key}`)
    ).closed;

    const again = await server.open(`/ending/complete?key=${key}`);

    expect((await again.next()).data).toBe('one');
    expect((await server.noted('ran', key, 2)).detail).toEqual({ lastEventId: null });
  });

  it('writes the mark as an id alone into a raw stream', async () => {
    const key = unique();
    const first = await server.open(`/ending/raw?key=${key}`);

    expect((await first.untilClosed()).map(({ data }) => data)).toEqual(['one', 'two']);
    expect(first.lastEventId).toMatch(/^2~end\.completed\./);
    const second = await server.open(`/ending/raw?key=${key}`, { headers: { 'last-event-id': first.lastEventId } });
    expect(second.status).toBe(204);
  });

  it("just ends the response with onComplete 'close', and the reconnect runs the handler again", async () => {
    const key = unique();
    const first = await server.open(`/ending/close?key=${key}`);

    expect((await first.untilClosed()).map(({ type }) => type)).toEqual(['message', 'message']);
    expect(first.lastEventId).toBe('2');
    const second = await server.open(`/ending/close?key=${key}`, { headers: { 'last-event-id': '2' } });
    expect(second.status).toBe(200);
    expect((await server.noted('ran', key, 2)).detail).toEqual({ lastEventId: '2' });
  });

  it('sends an event of the application with onComplete { event }, and then ends', async () => {
    const client = await server.open('/ending/event');

    const events = await client.untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['message', 'message', 'done']);
    expect(await client.closed).toBe('ended');
  });

  it('just ends the response of a POST, and by option with the mark', async () => {
    const plain = await server.open(`/ending/post?key=${unique()}`, { method: 'POST' });
    const marked = await server.open('/ending/post-end', { method: 'POST' });

    expect((await plain.untilClosed()).map(({ type }) => type)).toEqual(['message', 'message']);
    expect((await marked.untilClosed()).map(({ type }) => type)).toEqual(['message', 'message', 'sse:end']);
  });

  it('is counted once under its reason, and leaves nothing', async () => {
    const before = await server.call('stats');

    await (
      await server.open('/kinds/generator')
    ).closed;
    await server.idle();

    const after = await server.call('stats');
    expect(after.active).toBe(0);
    expect(after.opened - before.opened).toBe(1);
    expect(after.closed.completed - before.closed.completed).toBe(1);
    expect(sum(after.closed) - sum(before.closed)).toBe(1);
  });
});

// B7, #8740, #8761: an error after the stream opened reaches the client as a clean event, and the log in full.
describe.each(ONE_OF_EACH)('a source that fails ($name)', (target) => {
  const server = useServer(target);

  it.each([
    ['an Observable', '/ending/fail'],
    ['a generator', '/ending/fail-iterator'],
  ])('sends a clean event and then a time to come back: %s', async (_name, path) => {
    const client = await server.open(`${path}?key=${unique()}`);

    const events = await client.untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['message', 'sse:error']);
    expect(events[1]?.json()).toEqual({ code: 'SSE_SOURCE_FAILED' });
    expect(client.retry).toBeGreaterThan(0);
    expect(client.lastEventId).not.toContain('~end');
    expect(await client.closed).toBe('ended');
    expect(await client.text()).not.toContain('hunter2');
    await server.printed('the password is hunter2');
  });

  it('spreads the time to come back', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => server.open(`/ending/fail?key=${unique()}`)));
    await Promise.all(clients.map(({ closed }) => closed));

    expect(new Set(clients.map(({ retry }) => retry)).size).toBeGreaterThan(1);
  });

  it('runs the handler again when the client comes back', async () => {
    const key = unique();
    const first = await server.open(`/ending/fail?key=${key}`);
    await first.closed;

    const second = await server.open(`/ending/fail?key=${key}`, { headers: { 'last-event-id': first.lastEventId } });

    expect(second.status).toBe(200);
    expect((await server.noted('ran', key, 2)).detail).toEqual({ lastEventId: '3' });
  });

  it("ends the stream for good with onError 'end'", async () => {
    const key = unique();
    const first = await server.open(`/ending/fail-end?key=${key}`);

    const events = await first.untilClosed();

    expect(events.map(({ type }) => type)).toEqual(['message', 'sse:error', 'sse:end']);
    expect(events[2]?.json()).toEqual({ reason: 'error' });
    const second = await server.open(`/ending/fail-end?key=${key}`, {
      headers: { 'last-event-id': first.lastEventId },
    });
    expect(second.status).toBe(204);
  });

  it('says so on a POST as well', async () => {
    const client = await server.open('/ending/fail-post', { method: 'POST' });

    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['message', 'sse:error']);
  });

  it('cuts a raw stream, so that it is not taken for a complete one', async () => {
    const key = unique();
    const client = await server.open(`/sources/raw?key=${key}`, { method: 'POST' });
    await server.noted('subscribed', key);
    await server.call('emit', key, 'a token');
    await client.next();

    await server.call('fail', key);

    expect(await client.closed).toBe('cut');
    expect(await client.text()).toBe('retry: 3000\n\ndata: a token\n\n');
  });

  it('cuts a raw stream after what the source yielded before it failed', async () => {
    const client = await server.open('/ending/fail-raw', { method: 'POST' });

    expect(await client.next()).toMatchObject({ data: 'before' });
    expect(await client.closed).toBe('cut');
  });

  it('that fails in the moment of its subscription is no different', async () => {
    const client = await server.open('/ending/fail-at-once');

    expect(client.status).toBe(200);
    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:error']);
  });

  it('that yields what the serializer can not carry is no different', async () => {
    const client = await server.open('/ending/unserialisable');

    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:error']);
    await server.printed('BigInt');
  });

  it('touches no other stream, and is counted as an error once', async () => {
    const key = unique();
    const other = await server.open(`/sources/subject?key=${key}`);
    await server.noted('subscribed', key);
    const before = await server.call('stats');

    await (
      await server.open(`/ending/fail?key=${unique()}`)
    ).closed;
    await server.call('emit', key, 'alive');

    expect((await other.next()).data).toBe('alive');
    const after = await server.call('stats');
    expect(after.closed.error - before.closed.error).toBe(1);
    expect(sum(after.closed) - sum(before.closed)).toBe(1);
  });
});

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
