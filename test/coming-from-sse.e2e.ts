import { describe, expect, it } from '@jest/globals';
import { tableAfter } from './docs/markdown.js';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const ORIGIN = 'https://app.example';

/** An answer without what the table of differences lists for every stream. */
interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The blocks of events. */
  readonly events: readonly string[];
}

// B1: what `@Sse()` takes, `@SseStream()` takes: one controller, under either decorator.
describe.each(ONE_OF_EACH_NEST)('a controller that comes from @Sse() ($name)', (target) => {
  const server = useServer(target, { twins: true, prefix: 'api', versioning: true, cors: ORIGIN });

  async function see(twin: 'nest' | 'ours', path: string, init: RequestInit = {}): Promise<Seen> {
    const headers = { origin: ORIGIN, accept: 'text/event-stream', ...(init.headers as object) };
    const response = await fetch(`${server.url}/api/v1/${twin}/${path}`, { ...init, headers });
    const body = await response.text();
    const events = body.split('\n\n').map((block) => block.replace(/^\n/, ''));
    return { status: response.status, headers: response.headers, body, events: events.filter(Boolean) };
  }

  function both(path: string, init?: RequestInit): Promise<[Seen, Seen]> {
    return Promise.all([see('nest', path, init), see('ours', path, init)]);
  }

  /** The events that a client hears: without ids that nobody gave, the first `retry:`, and the end for good. */
  function heard({ events }: Seen): string[] {
    return (
      events
        .filter((block) => block !== 'retry: 3000' && !block.includes('event: sse:end'))
        .map((block) => block.split('\n').filter((line) => !/^id: [1-6]$/.test(line)))
        // In which order the fields of an event stand says nothing.
        .map((lines) => [...lines.filter(isData), ...lines.filter((line) => !isData(line)).sort()].join('\n'))
        .filter(Boolean)
    );
  }

  /** The row of docs/migration.md that tells of this difference. */
  function listed(row: string): void {
    expect(tableAfter('docs/migration.md', 'differences').map((cells) => cells[''])).toContain(row);
  }

  describe('gives its client the same', () => {
    it.each(['events', 'values', 'promise', 'parameters/blue?size=7'])('events: %s', async (path) => {
      const [nest, ours] = await both(path, { headers: { 'last-event-id': '42' } });

      expect(heard(ours)).toEqual(heard(nest));
      expect(heard(ours).length).toBeGreaterThan(0);
      expect([ours.status, ours.headers.get('content-type')]).toEqual([200, nest.headers.get('content-type')]);
    });

    it.each(['guarded', 'not-found', 'filtered', 'parameters/blue?size=x'])('refusals: %s', async (path) => {
      const [nest, ours] = await both(path);

      expect(ours.status).toBeGreaterThanOrEqual(400);
      expect([ours.status, ours.body]).toEqual([nest.status, nest.body]);
    });

    it('headers, those of CORS among them', async () => {
      const [nest, ours] = await both('headers');

      for (const name of ['x-above', 'x-below', 'x-accel-buffering', 'access-control-allow-origin']) {
        expect([name, ours.headers.get(name)]).toEqual([name, nest.headers.get(name)]);
      }
      expect(ours.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    });

    it('a new controller for each request, where it is request-scoped', async () => {
      const key = unique();
      const [nest, ours] = await both(`request/scoped?key=${key}`);

      expect(heard(ours)).toEqual(heard(nest));
      expect(heard(ours)).toEqual([`data: ${key}`]);
      await server.noted('made', key, 2);
    });

    it.each(['nest', 'ours'])('end of its source when it leaves: %s', async (twin) => {
      const key = unique();
      const client = await server.open(`/api/v1/${twin}/live?key=${key}`);
      await server.noted('subscribed', key);
      await server.call('emit', key, { data: 'one' });
      await client.next();

      await client.close();

      await server.noted('unsubscribed', key);
    });
  });

  describe('gives its client something else, which the guide lists', () => {
    it('ids', async () => {
      const [nest, ours] = await both('values');

      expect([nest.body, ours.body].map((body) => body.includes('id: 1\n'))).toEqual([true, false]);
      listed('ids');
    });

    it('what is an event', async () => {
      const [nest, ours] = await both('data');

      expect([heard(nest), heard(ours)]).toEqual([[], ['data: {"percent":50,"of":"everything"}']]);
      listed('what is an event');
    });

    it('CR and LF in type or id, and types of ours', async () => {
      const [nest, ours] = await both('breaks');

      expect(heard(nest)).toEqual(['data: x\nevent: ab']);
      expect(ours.body).toContain('event: sse:error');
      listed('CR and LF in type or id');

      const [theirs, reserved] = await both('reserved');

      expect(theirs.body).toContain('event: sse:mine');
      expect(reserved.body).toContain('event: sse:error');
      listed('type `sse:…`');
    });

    it('completion, and the first bytes', async () => {
      const [nest, ours] = await both('values');

      expect(nest.body).toMatch(/^\n/);
      expect(ours.body).toMatch(/^retry: 3000\n\n/);
      expect(ours.body).toMatch(/event: sse:end\ndata: .*\n\n$/);
      listed('completion');
      listed('first bytes');
    });

    it('an error after opening', async () => {
      const [nest, ours] = await both('fails');

      expect(nest.events.at(-1)).toContain('event: error\n');
      expect(ours.body).toContain('event: sse:error\n');
      expect(ours.body).not.toContain('the message');
      listed('an error after opening');
    });

    it('POST', async () => {
      const init = { method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json' } };
      const [nest, ours] = await both('posted', init);

      expect([nest.status, ours.status]).toEqual([201, 200]);
      expect(heard(ours)).toEqual(heard(nest));
      listed('POST');
    });

    it('data that is null or a number', async () => {
      const [nest, ours] = await both('null');

      expect(nest.body).not.toContain('data:');
      expect(ours.events).toContain('data: null');
      // With Nest 11 this stream has no end.
      expect((await see('ours', 'number')).events).toContain('data: 5');
      listed('`null`, numbers as data');
    });

    it('the headers about caches', async () => {
      const [nest, ours] = await both('headers');

      expect(nest.headers.get('cache-control')).toContain('no-store');
      expect(ours.headers.get('cache-control')).toBe('no-cache, no-transform');
      listed('caches');
    });

    it('interceptors, above all', async () => {
      const [nest, ours] = await both('intercepted');

      expect(heard(nest)).not.toContain('data: x\nevent: kept\nid: 7');
      expect(heard(ours)).toContain('data: x\nevent: kept\nid: 7');
    });
  });
});

function isData(line: string): boolean {
  return line.startsWith('data:');
}
