import { type ChannelHistory } from '../backplane/event-log.js';
import { type LogEntry, readEntry, type StoredEntry, storedEntry, type StreamEntry } from './log-entry.js';
import { type LogState } from './log-knowledge.js';
import { type RedisCommands } from './redis-commands.js';
import { HISTORY_SCRIPT, LASTS_SCRIPT, WINDOW_SCRIPT } from './scripts/read.js';

/** Messages of one channel that are read at once. */
const PAGE = 256;
/** Channels that one script reads, so that Redis is not kept busy with it for long. */
const CHANNELS_AT_ONCE = 200;

/** What some channels have between two numbers. */
export interface LogWindow {
  /** In the order of their numbers. */
  readonly entries: readonly StoredEntry[];
  /** Channels of which something is missing, with the number up to which it is. */
  readonly gone: ReadonlyMap<string, number>;
}

/** Reads the log. */
export class LogReader {
  constructor(
    private readonly commands: RedisCommands,
    private readonly maxAge: number,
  ) {}

  /** Where the log stands, and in the same moment the last number of each of these channels. */
  async lasts(channels: readonly string[]): Promise<{ state: LogState; lasts: Map<string, number> }> {
    const { state, rest } = await this.commands.run(LASTS_SCRIPT, channels);
    const numbers = rest[0] as string[];
    return { state, lasts: new Map(channels.map((channel, index) => [channel, Number(numbers[index])])) };
  }

  /**
   * What these channels have with numbers above `after` up to `through`, each given with the number up to which it is
   * known; nothing if the log has become another one than `epoch`.
   */
  async window(
    epoch: string,
    known: ReadonlyMap<string, number>,
    after: number,
    through: number,
  ): Promise<LogWindow | undefined> {
    const channels = [...known];
    const slices: (typeof channels)[] = [];
    for (let from = 0; from < channels.length; from += CHANNELS_AT_ONCE) {
      slices.push(channels.slice(from, from + CHANNELS_AT_ONCE));
    }
    const readSlice = (slice: typeof channels) =>
      this.commands.run(WINDOW_SCRIPT, [after, through, ...slice.flat()].map(String));
    const replies = await Promise.all(slices.map(readSlice));
    if (replies.some(({ state }) => state.epoch !== epoch)) return undefined;
    const gone = new Map<string, number>();
    const entries = replies.flatMap(({ rest: [now, answers] }, slice) =>
      (answers as [string, StreamEntry[]][]).flatMap(([goneThrough, stream], index) => {
        const [channel = '', knownThrough = 0] = slices[slice]?.[index] ?? [];
        if (Number(goneThrough) > knownThrough) gone.set(channel, Number(goneThrough));
        return stream.map((entry) => storedEntry(channel, epoch, entry, Number(now)));
      }),
    );
    return { entries: entries.sort((one, other) => one.sequence - other.sequence), gone };
  }

  /** All that is retained of a channel: page by page, since one reply may be large. */
  async history(channel: string): Promise<ChannelHistory> {
    let epoch: string | undefined;
    let entries: LogEntry[] = [];
    for (;;) {
      const after = entries.at(-1)?.sequence ?? 0;
      const { state, rest } = await this.commands.run(HISTORY_SCRIPT, [channel, String(after), String(PAGE)]);
      const [now, last, page] = rest as [string, string, StreamEntry[]];
      epoch ??= state.epoch;
      if (epoch !== state.epoch) {
        // Another log began between two pages.
        epoch = undefined;
        entries = [];
        continue;
      }
      for (const entry of page) append(entries, readEntry(storedEntry(channel, epoch, entry, Number(now))));
      if (page.length < PAGE) return { epoch, ...this.retained(entries, Number(last), Number(now)) };
    }
  }

  /** Without what is too old, though it has not been removed yet, and what is of an unknown version. */
  private retained(entries: readonly LogEntry[], last: number, now: number): Omit<ChannelHistory, 'epoch'> {
    const oldest = now - this.maxAge;
    const isForgotten = ({ message, recordedAt }: LogEntry) => !message || recordedAt <= oldest;
    const kept = entries.slice(entries.findLastIndex(isForgotten) + 1);
    const messages = kept.map(({ message }) => message).filter((message) => message !== undefined);
    return { messages, completeAfter: kept[0]?.previous ?? last };
  }
}

/** What is behind a hole is complete; what is before it is not. */
function append(entries: LogEntry[], entry: LogEntry): void {
  const newest = entries.at(-1);
  if (newest && entry.previous !== newest.sequence) entries.length = 0;
  entries.push(entry);
}
