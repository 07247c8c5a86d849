import { BoundedMap } from './bounded-map.js';
import { SseBackplaneError } from './sse-backplane-error.js';

/** Records at most: they end by themselves, but not before their time. */
const MAX_RECORDS = 1_000_000;
/** Windows of counting at most. Their keys may be addresses of strangers, of which there is no end. */
const MAX_WINDOWS = 100_000;

interface StoredRecord {
  readonly value: string;
  readonly endsAt: number;
}

/** Counts calls until it ends. */
interface CountWindow {
  count: number;
  readonly endsAt: number;
}

/** Small records with an end: tickets, revocations, counts of attempts. */
export class InProcessRecords {
  private readonly records = new Map<string, StoredRecord>();
  private readonly windows = new BoundedMap<CountWindow>(MAX_WINDOWS);

  constructor(private readonly maxRecords = MAX_RECORDS) {}

  put(key: string, value: string, options: { ttl: number; ifAbsent?: boolean }, now: number): boolean {
    if (options.ifAbsent && this.get(key, now) !== undefined) return false;
    if (!this.records.has(key)) this.makeRoom(now);
    this.records.set(key, { value, endsAt: now + options.ttl });
    return true;
  }

  get(key: string, now: number): string | undefined {
    const record = this.records.get(key);
    return record && record.endsAt > now ? record.value : undefined;
  }

  take(key: string, now: number): string | undefined {
    const value = this.get(key, now);
    this.records.delete(key);
    return value;
  }

  count(key: string, window: number, now: number): { count: number; remaining: number } {
    let current = this.windows.get(key);
    if (!current || current.endsAt <= now) this.windows.set(key, (current = { count: 0, endsAt: now + window }));
    current.count++;
    return { count: current.count, remaining: current.endsAt - now };
  }

  /** None gives way to another: a revocation that is forgotten lets somebody back in. */
  private makeRoom(now: number): void {
    if (this.records.size < this.maxRecords) return;
    this.expire(now);
    if (this.records.size < this.maxRecords) return;
    throw new SseBackplaneError(
      `This process keeps ${this.maxRecords} records (tickets, revocations) at most: are tickets issued without end, or is tokens.maxLife too long?`,
    );
  }

  get size(): number {
    return this.records.size + this.windows.size;
  }

  /** Lets go of what has ended. Returns whether anything is left. */
  expire(now: number): boolean {
    for (const [key, { endsAt }] of this.records) if (endsAt <= now) this.records.delete(key);
    this.windows.deleteIf(({ endsAt }) => endsAt <= now);
    return this.size > 0;
  }
}
