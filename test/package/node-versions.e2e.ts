import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { NODES } from '../harness/newer-nodes.js';
import { Installation } from './installation.js';

const VERSIONS = [12, 11] as const;
const installed = new Map<number, Installation>();

beforeAll(async () => {
  await Promise.all(
    VERSIONS.map(async (nest) => {
      const installation = await Installation.create(nest);
      installed.set(nest, installation);
      await installation.compile();
    }),
  );
}, 60_000);
afterAll(() => Promise.all([...installed.values()].map((installation) => installation.remove())));

describe.each(NODES)('the packed library on Node $major', ({ path }) => {
  // There are packages of newer Nodes for Linux on x64 only.
  const test = path === undefined ? it.skip : it;

  test.each(VERSIONS)('streams, resumes and says farewell: Nest %d, Express and Fastify', async (nest) => {
    await Promise.all(['express', 'fastify'].map((platform) => tryOut(path!, installed.get(nest)!, platform)));
  });
});

async function tryOut(node: string, { folder }: Installation, platform: string): Promise<void> {
  const child = spawn(node, ['dist/main.js', platform], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await addressOf(child);

    const first = await SseTestClient.open(url, '/rooms/42/events');
    const { lastEventId } = await post(url, 'one', first);
    await first.close();
    await post(url, 'missed');
    const second = await SseTestClient.open(url, '/rooms/42/events', { headers: { 'last-event-id': lastEventId } });
    expect((await second.next({ type: 'message' })).json()).toEqual({ text: 'missed' });
    await post(url, 'live', second);

    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await second.next({ type: 'sse:closing' })).toMatchObject({ retry: expect.any(Number) });
    expect(await exit).toEqual([null, 'SIGTERM']);
  } finally {
    child.kill('SIGKILL');
  }
}

/** Publishes, and awaits it in the stream of a client that is open. */
async function post(url: string, text: string, client?: SseTestClient) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/rooms/42/messages`, { method: 'POST', headers, body: JSON.stringify({ text }) });
  expect(response.status).toBe(201);
  const event = await client?.next({ type: 'message' });
  if (event) expect(event.json()).toEqual({ text });
  return { lastEventId: event?.id ?? '' };
}

function addressOf(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [, port] = /"port":(\d+)/.exec(output) ?? [];
      if (port) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', () => reject(new Error(`The application did not start:\n${output}`)));
  });
}
