import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { CuttableLink } from './browser/cuttable-link.js';
import { Chromium } from './clients/chromium.js';
import { EventSourceClientPackage, EventSourcePackage } from './clients/libraries.js';
import { Aiohttp, Curl } from './clients/programs.js';
import { type Got, type StreamClient } from './clients/stream-client.js';
import { tableAfter } from './docs/markdown.js';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

/** By their names in docs/clients.md. */
const CLIENTS: readonly (readonly [string, StreamClient])[] = [
  ['EventSource in Chromium', new Chromium()],
  ['eventsource 4', new EventSourcePackage()],
  ['eventsource-client 1', new EventSourceClientPackage()],
  ['curl -N', new Curl()],
  ['aiohttp, Python', new Aiohttp()],
];
const LARGE = 'x'.repeat(100_000);

/** What a client does, as the guide has it. */
function documented(client: string): Record<string, string> {
  return tableAfter('docs/clients.md', 'clients').find((row) => row.client === client) ?? {};
}

afterAll(async () => {
  for (const [, client] of CLIENTS) await client.end?.();
});

describe.each(ONE_OF_EACH_NEST)('clients that exist ($name)', (target) => {
  const server = useServer(target, { options: { connections: { retry: 30, retryAfter: 30 } } });

  describe.each(CLIENTS)('%s', (name, client) => {
    const got: Got[] = [];
    let hasGivenUp = false;
    let willTryAgain = false;

    afterEach(async () => {
      got.length = 0;
      hasGivenUp = willTryAgain = false;
      await client.close();
    });

    function open(url: string): Promise<void> {
      return client.open(url, {
        got: (event) => void got.push(event),
        gaveUp: () => void (hasGivenUp = true),
        willTryAgain: () => void (willTryAgain = true),
      });
    }

    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) await server.call('settle');
    }

    async function publish(channel: string, ...events: object[]): Promise<Got[]> {
      const published = [];
      for (const event of events as { type?: string; data: unknown }[]) {
        const { id } = (await server.call('broadcast', 'toChannel', channel, event)) as { id: string };
        const data = typeof event.data === 'string' ? event.data : JSON.stringify(event.data);
        published.push({ type: event.type ?? 'message', data: data.replace(/\r\n?/g, '\n'), id });
      }
      return published;
    }

    it('gets every event whole and in order, with its type and id, and no heartbeat', async () => {
      const [channel, user] = [unique('room'), unique('user')];
      await open(`${server.url}/channels?c=${channel}&user=${user}`);
      await server.noted('opened$', user);

      const published = await publish(
        channel,
        { type: 'hi', data: { n: 1 } },
        { data: 'Grüße 👩‍👩‍👧\ntwo\r\nthree\rfour\n' },
      );
      await server.call('beat');
      published.push(...(await publish(channel, { type: 'empty', data: '' }, { data: LARGE }, { data: ' : x: ' })));
      await until(() => got.length >= published.length);

      expect(got).toEqual(published);
    });

    it('misses nothing when its connection is cut', async () => {
      const [channel, user] = [unique('room'), unique('user')];
      const link = await CuttableLink.to(server.port);
      server.clients.add(link);
      await open(`${link.url}/channels?c=${channel}&user=${user}`);
      await server.noted('opened$', user);
      const published = await publish(channel, { data: 1 });
      await until(() => got.length >= 1);

      link.cut();
      await server.noted('closed$', user);
      published.push(...(await publish(channel, { data: 2 }, { data: 3 })));
      link.mend();
      await server.noted('opened$', user, 2);
      published.push(...(await publish(channel, { data: 4 })));
      await until(() => got.length >= published.length);

      expect(got).toEqual(published);
      expect(documented(name)).toMatchObject({
        'comes back': expect.stringMatching(name === 'curl -N' ? /^no/ : /^yes/),
      });
    });

    it('is done for good when the stream ended for good', async () => {
      const key = unique();
      await open(`${server.url}/ending/complete?key=${key}`);

      await until(() => hasGivenUp);

      expect(got.slice(0, 2).map(({ data, id }) => [data, id])).toEqual([
        ['one', '1'],
        ['two', '2'],
      ]);
      expect(server.notesOf(key, 'ran')).toHaveLength(1);
    });

    it('does after a refusal what the guide says', async () => {
      await server.open('/limits/max-status');
      await open(`${server.url}/limits/max-status`);

      await until(() => hasGivenUp || willTryAgain);

      expect(documented(name)).toMatchObject({
        'after a refusal': expect.stringMatching(hasGivenUp ? /^gives up/ : /^comes back/),
      });
    });
  });
});
