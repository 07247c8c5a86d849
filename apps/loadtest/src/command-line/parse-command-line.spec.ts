import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONS } from './options.js';
import { type Command, CommandLineError, parseCommandLine, USAGE } from './parse-command-line.js';

const URL = 'http://localhost:3000/events';

function parsed(...args: string[]): Command | undefined {
  return parseCommandLine([URL, ...args]);
}

describe('parseCommandLine', () => {
  it('opens 1,000 streams, 10 ms apart, for 30 s, unless told otherwise', () => {
    expect(parsed()).toEqual({
      request: {
        urls: [URL],
        method: 'GET',
        headers: {},
        cookies: [],
        body: undefined,
        asBrowser: false,
        gzip: false,
        channels: 1,
      },
      tokens: undefined,
      connections: 1000,
      interval: 10,
      concurrency: 64,
      duration: 30,
      timeout: 30,
      reconnect: true,
      cut: 'destroy',
      verify: false,
      settle: 1,
      publish: undefined,
      thresholds: {
        refused: 0,
        failed: 0,
        dropped: 0,
        ended: 0,
        silent: 0,
        lost: 0,
        duplicated: 0,
        outOfOrder: 0,
        publishFailed: 0,
        latency: {},
      },
      json: undefined,
    });
  });

  it('takes options, several URLs and several headers', () => {
    const args = ['http://127.0.0.1/b', '--connections', '5', '--interval', '0.5', '--cut', 'reset'];
    expect(parsed(...args, '--header', 'A: 1', '--header', 'B:2', '--cookie', 'a=b', '--no-reconnect')).toMatchObject({
      request: { urls: [URL, 'http://127.0.0.1/b'], headers: { A: '1', B: '2' }, cookies: ['a=b'] },
      connections: 5,
      interval: 0.5,
      cut: 'reset',
      reconnect: false,
    });
  });

  it('takes a rate in place of an interval', () => {
    expect(parsed('--rate', '400')?.interval).toBe(2.5);
  });

  it('publishes in the format that it verifies, a request of a channel at a time where the order matters', () => {
    const publish = { url: URL, method: 'POST', rate: 100, channels: 4, concurrency: 64 };
    const args = ['--publish', URL, '--publish-channels', '4'];
    expect(parsed(...args)?.publish).toMatchObject({ ...publish, inOrder: false });
    expect(parsed(...args, '--verify')?.publish).toEqual({
      ...publish,
      headers: {},
      body: '{"channel":"{channel}","seq":{seq},"at":{at}}',
      inOrder: true,
    });
  });

  it('judges by the thresholds that were given, and any number where that is said', () => {
    const args = ['--verify', '--max-p99', '50', '--max-latency', '900', '--max-dropped', 'any', '--max-lost', '3'];
    expect(parsed(...args)?.thresholds).toMatchObject({
      dropped: Infinity,
      lost: 3,
      failed: 0,
      latency: { p99: 50, max: 900 },
    });
  });

  it('gives nothing to do where help is wanted', () => {
    expect(parseCommandLine(['--help'])).toBeUndefined();
  });

  it.each([
    ['no URL', []],
    ['an unknown option', [URL, '--speed', '9']],
    ['no number', [URL, '--duration', 'long']],
    ['a duration that no timer takes', [URL, '--duration', '9999999']],
    ['no connection', [URL, '--connections', '0']],
    ['half a connection', [URL, '--connections', '1.5']],
    ['no opening a second', [URL, '--rate', '0']],
    ['a rate and an interval', [URL, '--rate', '5', '--interval', '5']],
    ['a way to cut that there is not', [URL, '--cut', 'gently']],
    ['a header without a name', [URL, '--header', 'token']],
    ['a header that is there twice', [URL, '--header', 'X-A: 1', '--header', 'x-a: 2']],
    ['cookies in two places', [URL, '--header', 'Cookie: a=b', '--cookie', 'c=d']],
    ['an interval that no timer takes', [URL, '--interval', '9999999999']],
    ['two cookies in one', [URL, '--cookie', 'a=b; c=d']],
    ['two sources of tokens', [URL, '--token-command', 'a', '--tokens-from', 'b']],
    ['a method that is none', [URL, '--method', 'GET /']],
    ['a threshold for what is not looked at', [URL, '--max-p99', '50']],
    ['a rate of publishing where nothing is published', [URL, '--publish-rate', '5']],
    ['a threshold below nothing', [URL, '--max-failed=-1']],
  ])('refuses %s', (_what, args) => {
    expect(() => parseCommandLine(args)).toThrow(CommandLineError);
  });

  it('says of each option what it does, in its help and in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    for (const { name } of OPTIONS) {
      expect(USAGE).toContain(`--${name}`);
      expect(readme).toMatch(new RegExp(`^\\| \`--${name}[\` ]`, 'm'));
    }
  });
});
