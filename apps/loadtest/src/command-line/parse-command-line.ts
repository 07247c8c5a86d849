import { parseArgs, type ParseArgsConfig } from 'node:util';
import { LATENCIES, type Thresholds } from '../measuring/verdicts.js';
import { type PublishPlan, STAMPED_BODY } from '../publishing/publish-plan.js';
import { type Command } from './command.js';
import { type Option, OPTIONS, USAGE } from './options.js';
import * as values from './values.js';
import { CommandLineError } from './values.js';

export { type Command } from './command.js';
export { CommandLineError, USAGE };

const DEFAULT_INTERVAL = 10;
const VERIFIED = ['max-silent', 'max-lost', 'max-duplicated', 'max-out-of-order', 'settle'];

/**
 * @returns `undefined` where only help is wanted
 * @throws {CommandLineError} when it can't be followed
 */
export function parseCommandLine(args: string[]): Command | undefined {
  const given = new Given(args);
  if (given.has('help')) return undefined;
  if (given.urls.length === 0) throw new CommandLineError('Which URL? Give one, or several');
  const verify = given.has('verify');
  refuseWhatHasNoEffect(given, verify);
  const channels = given.number('publish-channels', values.wholeNumber) ?? 1;
  return {
    request: {
      urls: given.urls,
      method: values.method('method', given.text('method') ?? 'GET'),
      headers: headers(given),
      cookies: given.list('cookie').map(values.cookie),
      body: given.text('body'),
      asBrowser: given.has('as-browser'),
      gzip: given.has('gzip'),
      channels,
    },
    tokens: tokens(given),
    connections: given.number('connections', values.wholeNumber) ?? NaN,
    interval: interval(given),
    concurrency: given.number('concurrency', values.wholeNumber) ?? NaN,
    duration: given.number('duration', values.seconds) ?? NaN,
    timeout: given.number('timeout', values.seconds) ?? NaN,
    reconnect: !given.has('no-reconnect'),
    cut: values.oneOf('cut', given.text('cut') ?? '', ['destroy', 'reset', 'end']),
    verify,
    settle: given.number('settle', values.seconds) ?? NaN,
    publish: publishPlan(given, channels, verify),
    thresholds: thresholds(given),
    json: given.text('json'),
    html: given.text('html'),
  };
}

/** Options by their name, and the URLs. */
class Given {
  readonly urls: readonly string[];
  readonly #values: Record<string, string | boolean | (string | boolean)[] | undefined>;

  constructor(args: string[]) {
    const options: NonNullable<ParseArgsConfig['options']> = {};
    for (const { name, value, isRepeated } of OPTIONS as readonly Option[]) {
      options[name] = { type: value === undefined ? 'boolean' : 'string', multiple: isRepeated ?? false };
    }
    try {
      const { values: found, positionals } = parseArgs({ args, allowPositionals: true, options });
      this.#values = found;
      this.urls = positionals;
    } catch (error) {
      throw new CommandLineError((error as Error).message);
    }
  }

  /** Whether it was given, not counting a default. */
  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.#values[name] ?? (OPTIONS as readonly Option[]).find((option) => option.name === name)?.default;
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  number(name: string, parse: (name: string, text: string) => number): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : parse(name, text);
  }
}

function interval(given: Given): number {
  const perSecond = given.number('rate', values.rate);
  if (perSecond === undefined) return given.number('interval', values.milliseconds) ?? DEFAULT_INTERVAL;
  if (given.has('interval')) throw new CommandLineError('--rate and --interval say the same: give one of them');
  return 1_000 / perSecond;
}

function headers(given: Given): Record<string, string> {
  const all = values.headers('header', given.list('header'));
  if (given.has('cookie') && Object.keys(all).some((name) => name.toLowerCase() === 'cookie')) {
    throw new CommandLineError("--cookie and --header 'Cookie: …' say the same: give one of them");
  }
  return all;
}

function tokens(given: Given): Command['tokens'] {
  const command = given.text('token-command');
  const lines = given.text('tokens-from');
  if (command !== undefined && lines !== undefined) {
    throw new CommandLineError('--token-command and --tokens-from: give one of them');
  }
  if (command !== undefined) return { from: 'command', command };
  return lines === undefined ? undefined : { from: 'lines', command: lines };
}

function publishPlan(given: Given, channels: number, inOrder: boolean): PublishPlan | undefined {
  const url = given.text('publish');
  if (url === undefined) return undefined;
  return {
    url,
    method: values.method('publish-method', given.text('publish-method') ?? ''),
    headers: values.headers('publish-header', given.list('publish-header')),
    body: given.text('publish-body') ?? STAMPED_BODY,
    rate: given.number('publish-rate', values.rate) ?? NaN,
    channels,
    concurrency: given.number('publish-concurrency', values.wholeNumber) ?? NaN,
    inOrder,
  };
}

function thresholds(given: Given): Thresholds {
  const most = (name: string): number => given.number(`max-${name}`, values.most) ?? 0;
  const times = Object.keys(LATENCIES).flatMap((key) => {
    const time = given.number(key === 'max' ? 'max-latency' : `max-${key}`, values.decimal);
    return time === undefined ? [] : [[key, time]];
  });
  return {
    refused: most('refused'),
    failed: most('failed'),
    dropped: most('dropped'),
    ended: most('ended'),
    silent: most('silent'),
    lost: most('lost'),
    duplicated: most('duplicated'),
    outOfOrder: most('out-of-order'),
    publishFailed: most('publish-failed'),
    latency: Object.fromEntries(times) as Thresholds['latency'],
  };
}

/** What looks as if it were tested, and is not, is worse than an error. */
function refuseWhatHasNoEffect(given: Given, verify: boolean): void {
  const times = Object.keys(LATENCIES).map((key) => (key === 'max' ? 'max-latency' : `max-${key}`));
  const lone = (names: readonly string[], needed: string): void => {
    const name = names.find((candidate) => given.has(candidate));
    if (name !== undefined) throw new CommandLineError(`--${name} has no effect without --${needed}`);
  };
  if (!verify) lone([...VERIFIED, ...times], 'verify');
  if (!given.has('publish')) {
    lone(['publish-rate', 'publish-method', 'publish-header', 'publish-body', 'publish-concurrency'], 'publish');
    lone(['max-publish-failed'], 'publish');
  }
}
