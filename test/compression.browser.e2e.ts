import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, type Page } from 'playwright-core';
import { launchChromium } from './browser/launch-chromium.js';
import { HTTP1 } from './harness/matrix.js';
import { nodeWithZstd } from './harness/node-with-zstd.js';
import { unique, useServer } from './harness/use-server.js';

const LISTEN = `(url) => {
  window.got = [];
  window.source = new EventSource(url);
  window.source.onmessage = ({ data }) => window.got.push(JSON.parse(data).n);
}`;

const TEXT = 'we ship another release of our event stream module tonight, and nobody notices. ';

/** Where the machine has no Node with zstd, gzip is what is left to try. */
const ENCODINGS = [
  { encoding: 'gzip', node: process.execPath },
  ...(nodeWithZstd === undefined ? [] : [{ encoding: 'zstd', node: nodeWithZstd }]),
] as const;

describe.each(ENCODINGS)('a stream compressed with $encoding', ({ encoding, node }) => {
  const server = useServer(HTTP1[0]!, { node, options: { compression: { encodings: [encoding] }, heartbeat: false } });
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** A page that listens to the channel, and the encoding of what it is sent. */
  async function listening(room: string): Promise<{ page: Page; contentEncoding: string | undefined }> {
    const context = await browser.newContext();
    server.clients.add(context);
    const page = await context.newPage();
    await page.goto(`${server.url}/before/plain`);
    const answer = page.waitForResponse((response) => response.url().includes(room));
    await page.evaluate(`(${LISTEN})(${JSON.stringify(`/channels?c=${room}`)})`);
    const headers = await (await answer).allHeaders();
    await page.waitForFunction('window.source.readyState === 1');
    return { page, contentEncoding: headers['content-encoding'] };
  }

  async function publish(room: string, n: number, bytes: number): Promise<void> {
    const text = TEXT.repeat(Math.ceil(bytes / TEXT.length)).slice(0, bytes);
    await server.call('broadcast', 'toChannel', room, { data: { n, text } });
  }

  it("is decoded event by event by a browser's EventSource: none waits for the next one", async () => {
    const room = unique('room');
    const { page, contentEncoding } = await listening(room);
    const sizes = [0, 20, 100, 500, 300, 5_000, 0, 200, 200, 40, 100_000, 10, 10, 1_000];

    for (const [n, bytes] of sizes.entries()) {
      await publish(room, n, bytes);
      await page.waitForFunction(`window.got.length === ${n + 1}`);
      await server.call('beat');
    }

    expect(contentEncoding).toBe(encoding);
    expect(await page.evaluate('window.got')).toEqual([...sizes.keys()]);
  });

  it('is whole and in order when many events come at once, for a client that came later too', async () => {
    const room = unique('room');
    const early = await listening(room);
    for (let n = 0; n < 50; n++) await publish(room, n, 150);
    const late = await listening(room);
    for (let n = 50; n < 100; n++) await publish(room, n, 150);

    for (const [{ page }, count] of [[early, 100] as const, [late, 50] as const]) {
      await page.waitForFunction(`window.got.length >= ${count}`);
      expect(await page.evaluate('window.got')).toEqual(Array.from({ length: count }, (_, n) => n + 100 - count));
    }
  });

  it('is heard at once by curl', async () => {
    const [room, user] = [unique('room'), unique('user')];
    const url = `${server.url}/channels?c=${room}&user=${user}`;
    const curl = spawn('curl', ['--silent', '--show-error', '--no-buffer', '--compressed', url]);
    server.clients.add({ close: () => curl.kill() });
    let text = '';
    curl.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await server.noted('opened$', user);

    for (let n = 0; n < 5; n++) {
      await publish(room, n, n * 40);
      while (!text.includes(`"n":${n},`)) await once(curl.stdout, 'data');
    }
    const exited = once(curl, 'exit');
    await server.call('closeUser', user);

    expect(await exited).toEqual([0, null]);
  });
});
