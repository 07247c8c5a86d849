import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { lifeOf, readTicket, type TicketRecord, writeTicket } from './ticket-record.js';

/** A use is held for so many milliseconds, unless its holder says again that he lives: then his node has died. */
export const LEASE = 90_000;

/** Who holds a use that is over. It stays for a while, so that those who look for the last one find no gap. */
export const NOBODY = 'nobody';

/** A use of a ticket, by its number, and for how long it is held at a time. */
export interface UseOfTicket {
  readonly key: string;
  readonly use: number;
  readonly lease: number;
}

/**
 * The tickets in the backplane. Of each there is its record, and beside it whoever holds one of its uses: the request that
 * claimed it, or the connection that it has become. Each use is written by its holder alone, so nobody overwrites what
 * another node has done.
 *
 * All verbs fail with an `SseBackplaneError` while the engine is away.
 */
@Injectable()
export class TicketStore {
  constructor(@Inject(BACKPLANE) private readonly backplane: Backplane) {}

  async find(key: string): Promise<TicketRecord | undefined> {
    const text = await this.backplane.get(key);
    return text === undefined ? undefined : readTicket(text);
  }

  /** Keeps it for so many milliseconds from now, or until its identity ends. */
  async keep(key: string, record: TicketRecord, milliseconds: number): Promise<void> {
    const ttl = lifeOf(record, milliseconds);
    if (ttl > 0) await this.backplane.put(key, writeTicket(record), { ttl });
    else await this.remove(key);
  }

  /** Returns whether it was there: of two who remove it, one is told so. */
  async remove(key: string): Promise<boolean> {
    return (await this.backplane.take(key)) !== undefined;
  }

  /** Claims a use that nobody holds. Of all who try, one succeeds. */
  claim({ key, use, lease }: UseOfTicket, holder: string): Promise<boolean> {
    return this.backplane.put(`${key}.${use}`, holder, { ttl: lease, ifAbsent: true });
  }

  /** For who holds the use: he still does. */
  async hold({ key, use, lease }: UseOfTicket, holder: string): Promise<void> {
    await this.backplane.put(`${key}.${use}`, holder, { ttl: lease });
  }

  holder(key: string, use: number): Promise<string | undefined> {
    return this.backplane.get(`${key}.${use}`);
  }

  async release({ key, use }: UseOfTicket): Promise<void> {
    await this.backplane.put(`${key}.${use}`, NOBODY, { ttl: LEASE });
  }
}
