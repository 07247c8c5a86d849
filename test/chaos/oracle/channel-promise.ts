import { type Position } from './position.js';

/** A stretch of one channel that a client must have whole: what is behind its beginning, up to `through`. */
export interface Stretch extends Start {
  readonly through: number;
}

interface Start extends Position {
  /**
   * When the client was told to load the channel anew by a reset without an id, which does not say from where on it is
   * given the channel: what was published until then may be missing, up to the first event that comes.
   */
  readonly loadedAt?: number;
}

/**
 * What one client is promised of one channel. It begins with the client's first id; a reset ends it there and begins it
 * anew, at the id of the reset or, where it has none, with the next one.
 */
export class ChannelPromise {
  readonly stretches: Stretch[] = [];
  /** How often the client was told to load the channel anew. */
  resets = 0;
  private start: Start | undefined;
  private toldAt: number | undefined;

  /** Of which log it is; nothing while it has not begun. */
  get epoch(): string | undefined {
    return this.toldAt === undefined ? this.start?.epoch : undefined;
  }

  get sequence(): number {
    return this.start?.sequence ?? 0;
  }

  /** The client has this id. */
  begin(position: Position): void {
    const { start, toldAt } = this;
    if (toldAt !== undefined) {
      const sequence = start?.epoch === position.epoch ? start.sequence : 0;
      this.start = { epoch: position.epoch, sequence, loadedAt: toldAt };
      this.toldAt = undefined;
    }
    this.start ??= position;
  }

  /** @param to where the channel goes on, if the reset says so */
  reset(cursor: Position | undefined, to: Position | undefined, at: number): void {
    this.resets++;
    this.end(cursor);
    this.toldAt = to ? undefined : at;
    this.start = to ?? cursor;
  }

  /** Up to the cursor it must have been kept. */
  end(cursor: Position | undefined): void {
    const { start } = this;
    if (!start || this.toldAt !== undefined || cursor?.epoch !== start.epoch) return;
    this.stretches.push({ ...start, through: cursor.sequence });
  }
}
