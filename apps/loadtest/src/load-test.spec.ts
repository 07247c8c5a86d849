import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { parseCommandLine } from './command-line/parse-command-line.js';
import { type LoadReport, type LoadSample } from './load-report.js';
import { runLoadTest } from './load-test.js';
import { type LoadView } from './report/load-view.js';

/** Remembers what it was told. */
class SilentView implements LoadView {
  readonly samples: LoadSample[] = [];
  readonly lines: string[] = [];
  report: LoadReport | undefined;

  sample(sample: LoadSample): void {
    this.samples.push(sample);
  }

  line(text: string): void {
    this.lines.push(text);
  }

  end(report: LoadReport): void {
    this.report = report;
  }
}

describe('runLoadTest', () => {
  let server: Server;
  let view: SilentView;

  beforeEach(async () => {
    view = new SilentView();
    server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function run(args: string[], signal = new AbortController().signal): Promise<LoadReport> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return runLoadTest(parseCommandLine([url, ...args])!, view, signal);
  }

  function broken({ verdicts }: LoadReport): string[] {
    return verdicts.filter(({ isKept }) => !isKept).map(({ rule }) => rule);
  }

  it('does not let a run pass in which an open stream heard nothing that could be verified', async () => {
    server.removeAllListeners('request');
    let body = 'data: {"seq":1}\n\n';
    server.on('request', (_request, response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // With the head in one write: both are there, or none.
      response.write(body);
      body = ': nothing to verify\n\n';
    });
    const two = ['--connections', '2', '--interval', '0', '--concurrency', '1', '--duration', '0', '--verify'];
    expect(broken(await run(two))).toEqual(['silent <= 0']);
  });

  it('keeps all thresholds when every stream opened and stayed', async () => {
    const report = await run(['--connections', '5', '--interval', '0', '--duration', '0']);
    expect(broken(report)).toEqual([]);
    expect(report).toMatchObject({ connections: 5, counts: { open: 5, cut: 0 }, opening: { count: 5 } });
    expect(view.report).toBe(report);
    expect(view.samples.at(-1)).toBe(report.samples.at(-1));
  });

  it('ends early when it is told to, and says of whom there was no answer', async () => {
    server.removeAllListeners('request');
    const stop = new AbortController();
    server.once('request', () => stop.abort());
    const report = await run(['--connections', '2', '--interval', '60000'], stop.signal);
    expect(broken(report)).toEqual(['opened >= 1', 'unanswered <= 0']);
    expect(view.lines.join('\n')).toContain('Stopping');
  });

  it('does not wait for a goodbye that never comes', async () => {
    server.removeAllListeners('request');
    server.on('request', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    });
    await run(['--connections', '1', '--duration', '0', '--cut', 'end']);
    expect(view.report!.counts.open).toBe(1);
  });

  it('says that events without a sequence were not verified, and does not pass by that', async () => {
    server.prependListener('request', (_request, response) => void setImmediate(() => response.end()));
    const some = ['--connections', '2', '--interval', '0', '--duration', '60', '--no-reconnect', '--max-ended', 'any'];
    const report = await run([...some, '--verify', '--max-p50', '1000']);
    expect(report.limits.join('\n')).toContain('2 events carried no sequence');
    expect(broken(report)).toEqual(['verified events >= 1', 'p50 <= 1000 ms']);
  });

  it('counts a stream whose URL is none by its number as failed, and holds the others', async () => {
    // 6553{n} is a port up to the sixth stream, whose number is 5.
    const report = await run(['http://127.0.0.1:6553{n}/', ...'--connections 8 --interval 0 --duration 0'.split(' ')]);
    expect(report.counts).toMatchObject({ started: 8, open: 4, failed: { REQUEST: 1 } });
  });

  it('refuses a header of --publish that no request can carry before it opens anything', async () => {
    const asked = ['--publish', 'http://127.0.0.1:9/', '--publish-header', 'X-Price: 5 €'];
    await expect(run(['--connections', '1', '--duration', '0', ...asked])).rejects.toThrow(
      /--publish-header "X-Price: 5 €"/,
    );
    expect(view.report).toBeUndefined();
  });
});
