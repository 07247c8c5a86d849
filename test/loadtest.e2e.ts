import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, Query } from '@nestjs/common';
import { channels, SseBroadcaster, SseStream } from 'nestjs-event-stream';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { useApplications } from './harness/application.js';
import { CERTIFICATE } from './harness/certificate.js';
import { FaultyServer, garbageServer } from './harness/faulty-server.js';
import { LoadTester } from './harness/load-tester.js';

interface LoadEvent {
  channel: string;
  seq: number;
  at: number;
}

/** As in the README of the load tester. */
@Controller('load')
class LoadController {
  constructor(private readonly broadcaster: SseBroadcaster) {}

  @SseStream('events')
  events(@Query('channel') channel: string) {
    return channels(channel);
  }

  @Post('events')
  async publish(@Body() event: LoadEvent) {
    await this.broadcaster.toChannel(event.channel, { data: event });
  }
}

const AT_ONCE = ['--interval', '0'];
/** Where the server ends everything at its time, and the run with it. */
const UNTIL_THE_END = ['--duration', '60', '--max-dropped', 'any', '--max-ended', 'any', '--max-refused', 'any'];

describe('the load tester, against the library', () => {
  const start = useApplications();

  it('publishes at a rate, and finds that each event came to each stream of its channel, once and in order', async () => {
    const app = await start({ controllers: [LoadController] });
    const url = `http://127.0.0.1:${app.port}/load/events`;
    const { code, report, output } = await LoadTester.run(
      ...[`${url}?channel={channel}`, '--connections', '40', ...AT_ONCE, '--gzip', '--verify', '--duration', '0.7'],
      ...['--publish', url, '--publish-channels', '4', '--publish-rate', '200', '--max-latency', '60000'],
    );
    expect(output).toContain('✓ kept');
    expect({ code, verdicts: report.verdicts.filter(({ isKept }) => !isKept) }).toEqual({ code: 0, verdicts: [] });
    expect(report.counts).toMatchObject({ opened: 40, open: 40, dropped: {}, failed: {} });
    const { answered, due, failed } = report.publish!;
    expect(failed).toEqual({});
    expect(due).toBeGreaterThan(100);
    expect(report.counts.events).toBe(answered * 10);
    expect(report.latency).toMatchObject({ count: answered * 10 });
    expect(Object.keys(report.delivery!.channels).sort()).toEqual(['load-0', 'load-1', 'load-2', 'load-3']);
    expect(report.delivery!.total).toEqual({ lost: 0, duplicated: 0, outOfOrder: 0 });
  });

  it('comes back when a browser is told when to, and as anybody else is refused by a status', async () => {
    const app = await start({ controllers: [LoadController], options: { connections: { max: 2, retryAfter: 20 } } });
    const url = `http://127.0.0.1:${app.port}/load/events?channel=a`;
    const few = [url, '--connections', '3', '--interval', '1', '--duration', '0.3'];
    const browser = await LoadTester.run(...few, '--as-browser', '--max-refused', 'any');
    expect(browser.report.counts).toMatchObject({ opened: 2, open: 2, reconnected: 0 });
    expect(browser.report.counts.refused.retry).toBeGreaterThanOrEqual(1);
    expect(browser.code).toBe(0);
    await app.untilCount(0);
    const other = await LoadTester.run(...few);
    expect(other.report.counts).toMatchObject({ opened: 2, refused: { 503: 1 } });
    expect(other.code).toBe(1);
  });
});

describe('the load tester, against a server that makes mistakes', () => {
  let server: FaultyServer;

  beforeAll(async () => {
    server = await FaultyServer.start();
  });

  afterEach(() => {
    server.asked.length = 0;
    server.published.length = 0;
  });

  afterAll(() => server.stop());

  it('finds each event that is missing, twice or late', async () => {
    const { code, report } = await LoadTester.run(
      ...[`${server.url}/planted`, '--connections', '3', ...AT_ONCE, '--verify', '--max-p99', '50', ...UNTIL_THE_END],
    );
    expect(report.delivery).toEqual({
      total: { lost: 6, duplicated: 3, outOfOrder: 3 },
      channels: { planted: { lost: 6, duplicated: 3, outOfOrder: 3 } },
    });
    expect(report.latency!.min).toBeGreaterThanOrEqual(99);
    expect(report.verdicts.filter(({ isKept }) => !isKept).map(({ rule }) => rule)).toEqual([
      'lost <= 0',
      'duplicated <= 0',
      'out of order <= 0',
      'p99 <= 50 ms',
    ]);
    expect(code).toBe(1);
  });

  it('comes back to the same URL with the last id, until it is told that the stream is over', async () => {
    const tokens = `node -e "require('readline').createInterface(process.stdin).on('line', (n) => console.log('t/' + n))"`;
    const { code, report } = await LoadTester.run(
      ...[`${server.url}/resumed?ticket={token}`, '--tokens-from', tokens, '--connections', '5', ...AT_ONCE],
      ...['--verify', ...UNTIL_THE_END],
    );
    expect(report.counts).toMatchObject({
      started: 15,
      opened: 5,
      reconnected: 5,
      dropped: { CLOSED: 5 },
      ended: 5,
      refused: { 204: 5 },
      events: 30,
      open: 0,
      waiting: 0,
    });
    expect(report.delivery!.total).toEqual({ lost: 0, duplicated: 0, outOfOrder: 0 });
    expect(code).toBe(0);
    const three = [0, 1, 2, 3, 4].flatMap((n) => Array<string>(3).fill(`/resumed?ticket=t%2F${n}`));
    expect(server.asked.sort()).toEqual(three);
  });

  it('does not take for replayed what was not', async () => {
    const { code, report } = await LoadTester.run(
      ...[`${server.url}/gap`, '--connections', '2', ...AT_ONCE, '--verify', '--max-lost', '3', ...UNTIL_THE_END],
    );
    expect(report.delivery!.total).toEqual({ lost: 4, duplicated: 0, outOfOrder: 0 });
    expect(code).toBe(1);
  });

  it('comes back to nothing where it is told so', async () => {
    const { report } = await LoadTester.run(
      ...[`${server.url}/resumed`, '--connections', '2', ...AT_ONCE, '--no-reconnect', ...UNTIL_THE_END],
    );
    expect(report.counts).toMatchObject({ started: 2, opened: 2, dropped: { CLOSED: 2 }, events: 4 });
  });

  it('says of each refusal what it was, and goes nowhere else', async () => {
    const urls = ['/full', '/moved', '/page'].map((path) => server.url + path);
    const { code, report } = await LoadTester.run(...urls, '--connections', '6', ...AT_ONCE, '--duration', '60');
    expect(report.counts).toMatchObject({ opened: 0, refused: { 503: 2, 302: 2, 200: 2 } });
    expect(report.limits).toEqual(
      expect.arrayContaining([
        'Refused by 503. It said: "no room for you"',
        expect.stringContaining(`a redirect to "${server.url}/elsewhere" is not followed`),
        expect.stringContaining('the answer is text/html and not text/event-stream'),
      ]),
    );
    expect(server.asked.some((url) => url.includes('elsewhere'))).toBe(false);
    expect(code).toBe(1);
  });

  it('counts who speaks something else, never answers, or is not there', async () => {
    const garbage = await garbageServer();
    const { port } = garbage.address() as AddressInfo;
    const urls = [`http://127.0.0.1:${port}/`, `${server.url}/silence`, 'http://127.0.0.1:1/'];
    const { code, report } = await LoadTester.run(
      ...[...urls, '--connections', '3', ...AT_ONCE, '--no-reconnect', '--timeout', '0.3', '--max-failed', '3'],
    );
    garbage.close();
    expect(report.counts.failed).toEqual({ PROTOCOL: 1, TIMEOUT: 1, ECONNREFUSED: 1 });
    // A run in which nothing was opened is none.
    expect(code).toBe(1);
  });

  it('does not take for lost what was not published, and for published what was not answered well', async () => {
    server.publish = (event, response) => {
      if (event.seq % 2 === 0) server.deliver(event);
      response.writeHead(event.seq % 2 === 0 ? 201 : 500).end();
    };
    const { code, report } = await LoadTester.run(
      ...[`${server.url}/live`, '--connections', '2', ...AT_ONCE, '--verify', '--duration', '0.4'],
      ...['--publish', `${server.url}/publish`, '--max-publish-failed', 'any'],
    );
    const odd = server.published.filter(({ seq }) => seq % 2 === 1).length;
    expect(report.publish).toMatchObject({ sent: server.published.length, failed: { 500: odd } });
    expect(report.delivery!.total).toEqual({ lost: 0, duplicated: 0, outOfOrder: 0 });
    expect(code).toBe(0);
  });

  it('ends with its whole report at Ctrl-C, and at once at the second one', async () => {
    // The first request comes when all streams are open; that it is never answered keeps the end waiting for it.
    let published: () => void = () => undefined;
    server.publish = () => published();
    const start = async (): Promise<LoadTester> => {
      const asked = new Promise<void>((resolve) => (published = resolve));
      const tester = await LoadTester.start([
        ...[`${server.url}/live`, '--connections', '4', ...AT_ONCE, '--duration', '60'],
        ...['--publish', `${server.url}/publish`, '--publish-rate', '1'],
      ]);
      await asked;
      tester.interrupt();
      await tester.printed('Stopping');
      return tester;
    };
    const [patient, hurried] = [await start(), await start()];
    hurried.interrupt();
    expect(await hurried.ended).toMatchObject({ code: 130, report: undefined });
    expect(await patient.ended).toMatchObject({
      code: 1,
      report: { counts: { open: 4 }, publish: { failed: { UNANSWERED: 1 } }, connections: 4 },
    });
  });
});

describe('the load tester, over TLS', () => {
  let server: Server;
  let run: string[];

  beforeAll(async () => {
    server = createServer(CERTIFICATE, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.end('retry: 1\nid: 1\ndata: {"seq":1}\n\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    run = [url, '--connections', '2', ...AT_ONCE, '--no-reconnect', ...UNTIL_THE_END];
  });

  afterAll(() => void server.close());

  it('reads streams of a server that it may trust', async () => {
    const { report, code } = await LoadTester.runIn({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ...run);
    expect(report.counts).toMatchObject({ opened: 2, ended: 2, events: 2, failed: {} });
    expect(code).toBe(0);
  });

  it('trusts no other, and says how to', async () => {
    const { report, output } = await LoadTester.run(...run);
    expect(report.counts.failed).toEqual({ DEPTH_ZERO_SELF_SIGNED_CERT: 2 });
    expect(output).toContain('NODE_EXTRA_CA_CERTS');
  });
});

describe('a command that is wrong', () => {
  it.each([
    ['no URL', [], 'Which URL?'],
    ['an URL that is none', ['localhost:3000'], 'is not spoken here'],
    ['a token from nowhere', ['http://127.0.0.1:1/?t={token}'], 'give --token-command or --tokens-from'],
    ['a command without a token', ['http://127.0.0.1:1/', '--token-command', 'echo no >&2; exit 3'], 'failed: no'],
  ])('is refused before anything is opened: %s', async (_what, args, message) => {
    const { code, output, report } = await (await LoadTester.start(args)).ended;
    expect(output).toContain(message);
    expect({ code, report }).toEqual({ code: 2, report: undefined });
  });
});
