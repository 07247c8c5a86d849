import { describe, expect, it } from '@jest/globals';
import { CommandLineError, parseCommandLine } from './parse-command-line.js';

const URL = 'http://localhost:3000/events';

describe('parseCommandLine', () => {
  it('opens 1,000 streams, 10 ms apart, for 30 s, unless told otherwise', () => {
    expect(parseCommandLine([URL])).toEqual({
      load: { url: URL, connections: 1000, interval: 10, concurrency: 64, method: 'GET', headers: {}, body: undefined },
      duration: 30,
      cut: 'destroy',
    });
  });

  it('takes options and several headers', () => {
    const args = [
      URL,
      '--connections',
      '5',
      '--interval',
      '0.5',
      '--cut',
      'reset',
      '--header',
      'A: 1',
      '--header',
      'B:2',
    ];
    expect(parseCommandLine(args)).toMatchObject({
      load: { connections: 5, interval: 0.5, headers: { A: '1', B: '2' } },
      cut: 'reset',
    });
  });

  it('gives nothing to do where help is wanted', () => {
    expect(parseCommandLine(['--help'])).toBeUndefined();
  });

  it.each([
    ['no URL', []],
    ['two URLs', [URL, URL]],
    ['an unknown option', [URL, '--speed', '9']],
    ['no number', [URL, '--duration', 'long']],
    ['no connection', [URL, '--connections', '0']],
    ['half a connection', [URL, '--connections', '1.5']],
    ['a way to cut that there is not', [URL, '--cut', 'gently']],
    ['a header without a name', [URL, '--header', 'token']],
  ])('refuses %s', (_what, args) => {
    expect(() => parseCommandLine(args)).toThrow(CommandLineError);
  });
});
