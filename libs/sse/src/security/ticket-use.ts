import { Logger } from '@nestjs/common';
import { jitter } from '../connections/jitter.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type TimerWheel, WheelEntry } from '../connections/timer-wheel.js';
import { nodeOfConnection } from '../channels/connection-ids.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { errorText } from '../protocol/error-text.js';
import { portableIdentity } from './portable-identity.js';
import { type TicketRecord } from './ticket-record.js';
import { LEASE, type TicketStore, type UseOfTicket } from './ticket-store.js';
import { UnusableTicket } from './unusable-ticket.js';

/** So often the holder of a use says that he lives, in milliseconds; and so soon again where the engine did not hear it. */
const RENEWAL = 60_000;
const RETRY = 10_000;

/** A use that was claimed for a request. */
export interface Claim extends UseOfTicket {
  readonly record: TicketRecord;
  /** Who holds it, until there is a connection. */
  readonly holder: string;
  /** When it was claimed, by the monotonic clock. */
  readonly since: number;
}

/** What a use needs. */
export interface UseServices {
  readonly store: TicketStore;
  readonly wheel: TimerWheel;
  /** Ends a connection whose place this one has taken, on whichever node it is. */
  readonly replace: (connectionId: string) => Promise<void>;
  /** For how long a ticket is good after the end of its stream, in milliseconds. */
  readonly reconnect: number;
}

/**
 * One use of a ticket, from the request that claimed it to the end of the stream that it opened. Where there is no stream
 * in the end the claim is given back: the ticket itself changes only when one has opened.
 */
export class TicketUse extends WheelEntry {
  private readonly logger = new Logger('SseTickets');
  private connection: SseConnection | undefined;
  private identityAtOpening: SseIdentity | undefined;
  private isOpen = false;
  private isOver = false;
  private heldAt: number;
  /** What the engine is told, in order. */
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly claim: Claim,
    private readonly services: UseServices,
  ) {
    super();
    this.heldAt = claim.since;
    this.renewIn(RENEWAL);
  }

  get key(): string {
    return this.claim.key;
  }

  /**
   * The request has become this connection, which is about to open.
   *
   * @throws UnusableTicket if a later use has taken its place
   */
  async bind(connection: SseConnection): Promise<void> {
    const holds = await this.hold(connection.id);
    this.connection = connection;
    // It has said who it is, and looks then whether a later one has opened; that one says so, and looks then who is here.
    // So one of the two sees the other, whichever is faster.
    if (!holds || (await this.isReplaced())) throw new UnusableTicket('a later request has taken its place');
  }

  /** The stream is open: from here the ticket is used. */
  opened(): void {
    this.isOpen = true;
    this.identityAtOpening = this.connection?.identity;
    this.inTurn(async () => {
      await this.renew();
      await this.replaceEarlier();
    });
  }

  /** The stream has ended, or there will be none. Resolves when the engine was told. */
  end(): Promise<void> {
    if (!this.isOver) {
      this.isOver = true;
      this.services.wheel.cancel(this);
      this.inTurn(() => (this.isOpen ? this.endStream() : this.services.store.release(this.claim)));
    }
    return this.work;
  }

  override run(): void {
    this.inTurn(() => (this.isOver ? Promise.resolve() : this.renew()));
  }

  private async endStream(): Promise<void> {
    const { store, reconnect } = this.services;
    const { key, record } = this.claim;
    if (record.oneUse) {
      // The hold is left to run out: it outlasts a ticket that could not be removed.
      await store.remove(key);
      return;
    }
    if (!(await this.isReplaced())) await store.keep(key, this.current(), reconnect);
    await store.release(this.claim);
  }

  /** Says that it lives. */
  private async renew(): Promise<void> {
    // Unless the engine hears it now.
    this.renewIn(RETRY);
    if (this.isOpen && this.claim.record.oneUse) {
      await this.services.store.remove(this.key);
      this.services.wheel.cancel(this);
      return;
    }
    if (!(await this.hold()) || (await this.isReplaced())) {
      // This node was cut off, or stopped, when it was told so.
      this.services.wheel.cancel(this);
      this.connection?.close('replaced');
      return;
    }
    if (this.isOpen) await this.services.store.keep(this.key, this.current(), this.services.reconnect + LEASE);
    this.renewIn(RENEWAL);
  }

  /** Returns false if somebody else has it, since nothing was heard of this one for too long. */
  private async hold(holder = this.connection?.id ?? this.claim.holder): Promise<boolean> {
    const { store } = this.services;
    const now = monotonicNow();
    if (now - this.heldAt >= this.claim.lease) {
      const found = await store.holder(this.key, this.claim.use);
      if (found !== undefined && found !== holder && found !== this.claim.holder) return false;
    }
    await store.hold(this.claim, holder);
    this.heldAt = now;
    return true;
  }

  /** A client that comes back may be faster than the news that its old socket is dead: the old stream ends now. */
  private async replaceEarlier(): Promise<void> {
    const { record, use } = this.claim;
    for (let earlier = Math.max(1, record.lastUse); earlier < use; earlier++) {
      const holder = await this.services.store.holder(this.key, earlier);
      if (holder !== undefined && nodeOfConnection(holder) !== undefined) await this.services.replace(holder);
    }
  }

  private async isReplaced(): Promise<boolean> {
    const record = await this.services.store.find(this.key);
    return record !== undefined && record.lastUse > this.claim.use;
  }

  /** The ticket as it is now. What its identity lost while the stream was open does not come back by a reconnect. */
  private current(): TicketRecord {
    const { record, use } = this.claim;
    const now = this.connection?.identity;
    if (now === undefined || now === this.identityAtOpening) return { ...record, lastUse: use };
    const identity = portableIdentity({ ...now, issuedAt: now.issuedAt ?? record.identity.issuedAt });
    return { ...record, identity, lastUse: use };
  }

  private renewIn(milliseconds: number): void {
    if (!this.isOver) this.services.wheel.add(this, jitter(milliseconds, 0.2, 0));
  }

  /** What the engine did not hear it is told again, or it runs out by itself. */
  private inTurn(act: () => Promise<void>): void {
    this.work = this.work.then(act).catch((error: unknown) => {
      this.logger.warn(`The use of a ticket could not be recorded: ${errorText(error)}`);
    });
  }
}
