/** What an event says of itself in a run with `--verify`. */
export interface Stamp {
  /** Sequences are counted in each channel by itself. */
  channel: string;
  /** A whole number, one more for each event of the channel. */
  seq: number;
  /** When it was sent, in ms since 1970 with fractions; absent where only the sequence matters. */
  at?: number;
}

/** The channel of events that name none. */
const ONLY_CHANNEL = '(none)';
const MOST_KNOWN = 512;
/** A text that is remembered is no longer than this. */
const LONGEST_KNOWN = 4_096;

/**
 * Reads stamps. An event that goes to ten thousand streams comes ten thousand times as the same text, so the last few
 * texts are remembered and parsed once.
 */
export class StampParser {
  readonly #known = new Map<string, Stamp | undefined>();

  /** @returns `undefined` for a text that carries no sequence */
  parse(text: string): Stamp | undefined {
    const known = this.#known.get(text);
    if (known !== undefined || this.#known.has(text)) return known;
    const stamp = stampOf(text);
    if (text.length > LONGEST_KNOWN) return stamp;
    if (this.#known.size === MOST_KNOWN) this.#known.clear();
    this.#known.set(text, stamp);
    return stamp;
  }
}

function stampOf(text: string): Stamp | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { channel, seq, at } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(seq)) return undefined;
  return {
    channel: typeof channel === 'string' ? channel : ONLY_CHANNEL,
    seq: seq as number,
    at: typeof at === 'number' && Number.isFinite(at) ? at : undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
