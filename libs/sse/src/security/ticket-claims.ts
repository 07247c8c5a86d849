import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { nodeOfConnection } from '../channels/connection-ids.js';
import { SseRevocations } from '../channels/sse-revocations.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { ticketKey, type TicketRecord } from './ticket-record.js';
import { LEASE, NOBODY, TicketStore, type UseOfTicket } from './ticket-store.js';
import { type Claim } from './ticket-use.js';
import { UnusableTicket } from './unusable-ticket.js';

/** Requests of one ticket that may have failed in the last minute or so: a client that is told to wait comes less often. */
const MOST_TRIES = 100;

/** What a ticket is shown for. */
export interface TicketRequest {
  readonly ticket: string;
  /** The path of the request; nothing where there is none. */
  readonly path?: string;
  /** It says where its client stands, as only a reconnect does. */
  readonly isReconnect: boolean;
}

/**
 * Decides who may use a ticket. The uses of a ticket are numbered, and a use that nobody holds is claimed in one step of
 * the backplane: of two requests at the same moment, on whichever nodes, one has it. Nothing is locked, so a node that
 * dies in between leaves nothing behind but a claim that runs out.
 */
@Injectable()
export class TicketClaims {
  constructor(
    private readonly store: TicketStore,
    private readonly revocations: SseRevocations,
  ) {}

  /**
   * Whose ticket it is, without using it.
   *
   * @throws UnusableTicket, SseBackplaneError
   */
  async look(request: TicketRequest): Promise<SseIdentity> {
    return (await this.find(request)).record.identity;
  }

  /**
   * Claims the next use of the ticket: the first; a later one, when no stream is open by it; or, for a reconnect, the place
   * of the stream that is.
   *
   * @throws UnusableTicket, SseBackplaneError
   */
  async claim(request: TicketRequest): Promise<Claim> {
    const { key, record } = await this.find(request);
    const lease = record.oneUse ? Math.max(LEASE, record.ttl) : LEASE;
    const since = monotonicNow();
    const holder = `opening.${randomUUID()}`;
    for (let use = record.lastUse + 1; use <= record.lastUse + MOST_TRIES; use++) {
      await this.checkFree({ key, record, use: use - 1 }, request.isReconnect);
      const claim = { key, use, lease };
      if (!(await this.store.claim(claim, holder))) continue;
      const confirmed = await this.confirmed(claim);
      if (confirmed) return { ...claim, holder, since, record: confirmed };
    }
    throw new UnusableTicket('too many requests have tried it');
  }

  /**
   * Takes the ticket for good. Of two who do, one gets it.
   *
   * @throws UnusableTicket, SseBackplaneError
   */
  async redeem(request: Omit<TicketRequest, 'isReconnect'>): Promise<SseIdentity> {
    const { key, record } = await this.claim({ ...request, isReconnect: false });
    if (record.lastUse > 0 || !(await this.store.remove(key))) throw new UnusableTicket('it was used before');
    return record.identity;
  }

  private async find({ ticket, path }: Omit<TicketRequest, 'isReconnect'>) {
    const key = ticketKey(ticket);
    if (key === undefined) throw new UnusableTicket('that is no ticket');
    const record = await this.store.find(key);
    if (!record) throw new UnusableTicket('there is no such ticket, or its time is over');
    const { route, identity } = record;
    if (route !== undefined && route !== path) throw new UnusableTicket('the ticket is for another route');
    if (identity.expiresAt && identity.expiresAt.getTime() <= Date.now()) {
      throw new UnusableTicket('the token that the ticket was issued for has expired');
    }
    if (await this.revocations.isRevoked(identity)) {
      throw new UnusableTicket('the token that the ticket was issued for was revoked');
    }
    return { key, record };
  }

  /** Whoever holds a use keeps others out; but for a stream, since its client may be back before its end was noticed. */
  private async checkFree(
    { key, record, use }: { key: string; record: TicketRecord; use: number },
    isReconnect: boolean,
  ): Promise<void> {
    const holder = use === 0 ? undefined : await this.store.holder(key, use);
    if (holder === undefined || holder === NOBODY) return;
    const wasStream = record.lastUse > 0 || nodeOfConnection(holder) !== undefined;
    if (!isReconnect || record.oneUse || !wasStream) throw new UnusableTicket('the ticket is in use');
  }

  /** Looked at again once the claim stands: whoever stood still for a while may find the ticket used up. */
  private async confirmed(claim: UseOfTicket): Promise<TicketRecord | undefined> {
    const record = await this.store.find(claim.key);
    if (record && record.lastUse < claim.use) return record;
    await this.store.release(claim);
    if (!record) throw new UnusableTicket('the ticket was used up just before');
    return undefined;
  }
}
