import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { SseError } from '../protocol/sse-error.js';
import { portableIdentity } from './portable-identity.js';
import { TicketClaims } from './ticket-claims.js';
import { lifeOf, ticketKey, type TicketRecord } from './ticket-record.js';
import { TicketStore } from './ticket-store.js';
import { UnusableTicket } from './unusable-ticket.js';

/** See {@link SseTickets.issue}. What is not given is as the module's option `tickets` says. */
export interface TicketOptions {
  /** Until its first use, in milliseconds. */
  ttl?: number;
  /** The one path that it is good for, such as `/rooms/7/events`, as the client asks for it. Default: any. */
  route?: string;
  /** It opens one stream, and is not good for reconnects. */
  oneUse?: boolean;
}

/**
 * Tickets for streams: short-lived secrets that stand in a URL in place of a token, since EventSource can't set headers.
 *
 * A ticket is good for the first stream that it opens, on any node, and then for the reconnects of that stream: one at a
 * time, until `tickets.reconnect` (5 minutes) after its last end, and never past the end of its identity.
 *
 * @example
 * @Post('ticket')
 * async ticket(@CurrentUser() user: User) {
 *   return { ticket: await this.tickets.issue({ userId: user.id, permissions: [] }) };
 * }
 */
@Injectable()
export class SseTickets {
  private readonly logger = new Logger('SseSecurity');

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: TicketStore,
    private readonly claims: TicketClaims,
  ) {}

  /**
   * Makes a ticket for whoever has proved that he is this identity. It counts as issued when its token was, or now, so that
   * `SseBroadcaster.disconnect()` of the user or of the token holds for the ticket too.
   *
   * @returns 43 characters that need no encoding in a URL
   * @throws SseError if the identity has ended, or its `user` is no JSON; SseBackplaneError if the engine is away
   */
  async issue(identity: SseIdentity, options: TicketOptions = {}): Promise<string> {
    const { ttl = this.options.tickets.ttl, route, oneUse = this.options.tickets.oneUse } = options;
    if (!Number.isInteger(ttl) || ttl < 1) {
      throw new SseError('SSE_TICKET', `A ticket's ttl is ${String(ttl)}: use milliseconds from 1.`);
    }
    const record: TicketRecord = {
      identity: portableIdentity({ ...identity, issuedAt: identity.issuedAt ?? new Date() }),
      route: route === undefined ? undefined : pathOf(route),
      // No time to come back in is no coming back.
      oneUse: oneUse || this.options.tickets.reconnect === 0,
      ttl,
      lastUse: 0,
    };
    if (lifeOf(record, ttl) < 1) {
      const { userId, expiresAt } = record.identity;
      const when = expiresAt?.toISOString();
      throw new SseError('SSE_TICKET', `The token of user ${userId} ended at ${when}: a ticket for it opens nothing.`);
    }
    const ticket = randomBytes(32).toString('base64url');
    await this.store.keep(ticketKey(ticket) as string, record, ttl);
    return ticket;
  }

  /**
   * Takes a ticket, for uses of the application's own: whose it is, or `undefined` if it is not good, upon which the log
   * has the reason. A ticket is redeemed once, and opens no stream afterwards; nor is one redeemed that has opened one.
   *
   * @param from the path that it is used for; a ticket for one route is good there only
   * @throws SseBackplaneError if the engine is away
   */
  async redeem(ticket: string, from: { path?: string } = {}): Promise<SseIdentity | undefined> {
    try {
      return await this.claims.redeem({ ticket, path: from.path });
    } catch (error) {
      if (!(error instanceof UnusableTicket)) throw error;
      this.logger.warn(`A ticket was not redeemed: ${error.message}`);
      return undefined;
    }
  }
}

/** As a client sends it: encoded, and without what a query or a fragment would add. */
function pathOf(route: string): string {
  if (!/^\/[^?#]*$/.test(route)) {
    throw new SseError(
      'SSE_TICKET',
      `A ticket's route is ${JSON.stringify(route)}: use a path, such as /rooms/7/events.`,
    );
  }
  return new URL(`http://host${route}`).pathname;
}
