import { beforeEach, describe, expect, it } from '@jest/globals';
import { LogCursor, Subscription } from './log-cursor.js';
import { type StoredEntry } from './log-entry.js';
import { type LogReader } from './log-reader.js';
import { LogRepair } from './log-repair.js';

const EPOCH = 'e';

/** A log of which entries may have been forgotten. */
class FakeReader implements Pick<LogReader, 'lasts' | 'window'> {
  epoch = EPOCH;
  generation = 1;
  sequence = 0;
  entries: StoredEntry[] = [];
  windows: [after: number, through: number][] = [];
  beforeWindow = (): void => undefined;
  private readonly numbers = new Map<string, number>();

  add(channel: string, fields?: string[]): void {
    const previous = String(this.numbers.get(channel) ?? 0);
    const sequence = ++this.sequence;
    const known = ['v', '1', 'p', previous, 't', '0', 'm', JSON.stringify({ data: String(sequence) })];
    this.entries.push({ channel, epoch: this.epoch, sequence, fields: fields ?? known, now: 0 });
    this.numbers.set(channel, sequence);
  }

  lasts() {
    const { generation, epoch, sequence } = this;
    return Promise.resolve({ state: { generation, epoch, sequence }, lasts: new Map(this.numbers) });
  }

  window(epoch: string, known: ReadonlyMap<string, number>, after: number, through: number) {
    this.beforeWindow();
    this.windows.push([after, through]);
    if (epoch !== this.epoch) return Promise.resolve(undefined);
    const isIn = ({ channel, sequence }: StoredEntry) => known.has(channel) && sequence > after && sequence <= through;
    const gone = new Map<string, number>();
    for (const [channel, knownThrough] of known) {
      const first = this.entries.find((entry) => entry.channel === channel && entry.sequence > knownThrough);
      const before = first ? first.fields[3] : this.numbers.get(channel);
      const goneThrough = first && first.sequence <= after ? after : Number(before);
      if (goneThrough > knownThrough) gone.set(channel, goneThrough);
    }
    return Promise.resolve({ entries: this.entries.filter(isIn), gone });
  }
}

describe('LogRepair', () => {
  let reader: FakeReader;
  let cursor: LogCursor;
  let told: string[];
  beforeEach(() => {
    told = [];
    reader = new FakeReader();
    cursor = new LogCursor({
      deliver: ({ channel, sequence }) => told.push(`${channel}${sequence}`),
      lost: ({ channels, reason, position }) =>
        told.push(`lost ${Array.from(channels).join('')} ${reason} ${position.sequence}`),
      presence: () => undefined,
      resumed: () => undefined,
    });
    cursor.changeLog({ generation: 1, epoch: EPOCH, sequence: 0 });
    for (const channel of ['a', 'b']) {
      const subscription = new Subscription(channel);
      subscription.isJoined = true;
      cursor.subscriptions.set(channel, subscription);
    }
  });

  const repair = ({ deadline = Infinity, isWanted = (): boolean => true } = {}) =>
    new LogRepair(reader as unknown as LogReader, cursor, isWanted, deadline).run();

  it('delivers all channels in the order of their numbers', async () => {
    for (const channel of ['a', 'b', 'x', 'b', 'a']) reader.add(channel);
    await expect(repair()).resolves.toBe(true);
    expect(told).toEqual(['a1', 'b2', 'b4', 'a5']);
    expect(cursor.position).toEqual({ epoch: EPOCH, sequence: 5 });
  });

  it('delivers nothing twice when it is run again', async () => {
    reader.add('a');
    await repair();
    reader.add('a');
    await repair();
    expect(told).toEqual(['a1', 'a2']);
  });

  it('tells a channel whose beginning was forgotten before anything that came later', async () => {
    for (const channel of ['a', 'b', 'a', 'b', 'a']) reader.add(channel);
    reader.entries = reader.entries.filter(({ channel, sequence }) => channel === 'b' || sequence === 5);
    await repair();
    expect(told).toEqual(['lost a history 3', 'b2', 'b4', 'a5']);
  });

  it('tells channels of which nothing is left at once', async () => {
    for (const channel of ['a', 'b', 'b']) reader.add(channel);
    reader.entries = reader.entries.filter(({ channel }) => channel === 'b');
    await repair();
    expect(told).toEqual(['lost a history 1', 'b2', 'b3']);
    reader.add('a');
    await repair();
    expect(told.slice(3)).toEqual(['a4']);
    reader.add('a');
    reader.add('b');
    reader.entries = [];
    await repair();
    expect(told.slice(4)).toEqual(['lost a history 5', 'lost b history 6']);
    expect(cursor.position.sequence).toBe(6);
  });

  it('tells what was forgotten while it read, before it goes on', async () => {
    for (let count = 0; count < 1_100; count++) reader.add('a');
    for (let count = 0; count < 100; count++) reader.add('b');
    reader.beforeWindow = () => {
      if (reader.windows.length === 1) reader.entries = reader.entries.filter(({ sequence }) => sequence > 1_090);
    };
    await repair();
    expect(told.slice(1_023, 1_026)).toEqual(['a1024', 'lost a history 1090', 'a1091']);
    expect(told.at(-1)).toBe('b1200');
  });

  it('does not go back for what was missing before messages that were delivered', async () => {
    reader.add('a');
    reader.add('b');
    cursor.advance(2, 0);
    cursor.subscriptions.get('b')!.last = 2;
    reader.add('b');
    await repair();
    expect(told).toEqual(['lost a history 2', 'b3']);
  });

  it('tells a record of an unknown version as lost', async () => {
    reader.add('a', ['v', '2', 'zipped', 'x']);
    reader.add('a');
    await repair();
    expect(told).toEqual(['lost a history 1', 'a2']);
  });

  it('tells what it has no time for, and where that goes on', async () => {
    for (let count = 0; count < 3_000; count++) reader.add('a');
    reader.add('b');
    const start = performance.now();
    let windows = 0;
    // The first window takes longer than there is time.
    reader.beforeWindow = () => {
      windows++;
      while (performance.now() < start + 20);
    };
    await repair({ deadline: start + 10 });
    expect(windows).toBe(1);
    expect(told.at(-2)).toBe('a1024');
    expect(told.at(-1)).toBe('lost ab backplane 3001');
    expect(cursor.position.sequence).toBe(3_001);
  });

  it('begins with the new log where it became another one meanwhile', async () => {
    reader.add('a');
    reader.beforeWindow = () => {
      reader.epoch = 'f';
      reader.generation = 2;
    };
    await repair();
    expect(told).toEqual(['lost all epoch 1']);
    expect(cursor.position).toEqual({ epoch: 'f', sequence: 1 });
  });

  it('stops when nobody wants it any more', async () => {
    reader.add('a');
    const subscription = { isWanted: true };
    reader.beforeWindow = () => {
      subscription.isWanted = false;
    };
    await expect(repair({ isWanted: () => subscription.isWanted })).resolves.toBe(false);
    expect(told).toEqual([]);
  });

  it('leaves out a channel that was left meanwhile', async () => {
    reader.add('a');
    reader.add('b');
    reader.beforeWindow = () => cursor.subscriptions.delete('a');
    await repair();
    expect(told).toEqual(['b2']);
  });

  it('reads small windows of large messages, and large ones of small', async () => {
    const large = JSON.stringify({ data: 'x'.repeat(10_000) });
    for (let count = 1; count <= 4_096; count++) {
      reader.add('a', count <= 2_048 ? ['v', '1', 'p', String(count - 1), 't', '0', 'm', large] : undefined);
    }
    await repair();
    const sizes = reader.windows.map(([after, through]) => through - after);
    expect(sizes.slice(0, 4)).toEqual([1_024, 512, 256, 256]);
    expect(Math.max(...sizes.slice(4))).toBeGreaterThan(256);
    expect(told.length).toBe(4_096);
  });
});
