import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Command } from './command-line/parse-command-line.js';
import { explainTooManyStreams } from './explain-failures.js';
import { runLoadTest } from './load-test.js';

describe('runLoadTest', () => {
  let server: Server;
  let status: number;
  let lines: string[];

  beforeEach(async () => {
    status = 200;
    lines = [];
    server = createServer((_request, response) => {
      response.writeHead(status, { 'Content-Type': 'text/event-stream' });
      if (status === 200) response.write('data: 1\n\n');
      else response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function address(): string {
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  function run(command: Partial<Command>, signal = new AbortController().signal): Promise<boolean> {
    const load = { url: address(), connections: 5, interval: 0 };
    return runLoadTest({ load, duration: 0, cut: 'destroy', ...command }, (line) => lines.push(line), signal);
  }

  it('is content when every stream opened and stayed', async () => {
    expect(await run({})).toBe(true);
    expect(lines.join('\n')).toContain('open 5  opening 0  refused 0  failed 0  ended 0  dropped 0');
    expect(lines.at(-1)).toBe('Every stream opened and stayed.');
  });

  it('is not when one was refused, and says with which status', async () => {
    status = 503;
    expect(await run({ duration: 60 })).toBe(false);
    expect(lines.join('\n')).toContain('refused 5 (503: 5)');
  });

  it('is not when one was dropped, and explains what that means', async () => {
    server.on('request', (_request, response) => setImmediate(() => response.socket?.destroy()));
    expect(await run({ duration: 60 })).toBe(false);
    expect(lines.join('\n')).toContain('dropped 5 (CLOSED: 5)');
    expect(lines.join('\n')).toContain('CLOSED: the server');
  });

  it('ends early when it is told to', async () => {
    const stop = new AbortController();
    server.once('request', () => stop.abort());
    const load = { url: address(), connections: 2, interval: 60_000 };
    expect(await run({ load }, stop.signal)).toBe(false);
  });
});

describe('explainTooManyStreams', () => {
  it('says nothing where the streams fit', () => {
    expect(explainTooManyStreams(1_000, 1_100)).toBeUndefined();
  });

  it('says beforehand how to raise the limit', () => {
    expect(explainTooManyStreams(5_000, 1_024)).toContain('ulimit -n 5100');
  });
});
