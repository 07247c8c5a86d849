import { type RecordPort } from '../backplane/record-port.js';
import { type RedisCommands } from './redis-commands.js';
import { type RedisKeys } from './redis-keys.js';
import { COUNT_SCRIPT } from './scripts/count.js';

/** Small records with an end, each a key with an expiry. */
export class RedisRecords implements RecordPort {
  constructor(
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
  ) {}

  async put(
    key: string,
    value: string,
    options: { readonly ttl: number; readonly ifAbsent?: boolean },
  ): Promise<boolean> {
    const words = ['SET', this.keys.record(key), value, 'PX', String(options.ttl)];
    if (options.ifAbsent) words.push('NX');
    // Done twice, "if absent" would find its own value.
    return (await this.commands.send(words, { repeatable: !options.ifAbsent })) !== null;
  }

  async get(key: string): Promise<string | undefined> {
    return textOrNothing(await this.commands.send(['GET', this.keys.record(key)], { repeatable: true }));
  }

  async take(key: string): Promise<string | undefined> {
    return textOrNothing(await this.commands.send(['GETDEL', this.keys.record(key)], { repeatable: false }));
  }

  async count(key: string, window: number): Promise<{ readonly count: number; readonly remaining: number }> {
    const { rest } = await this.commands.run(COUNT_SCRIPT, [key, String(window)]);
    return { count: Number(rest[0]), remaining: Math.max(0, Number(rest[1])) };
  }
}

function textOrNothing(reply: unknown): string | undefined {
  return typeof reply === 'string' ? reply : undefined;
}
