import { Injectable } from '@nestjs/common';
import { type SseIdentity } from '../options/sse-identity.js';
import { decodeLastEventId } from '../protocol/last-event-id.js';
import { type HttpExchange, type RawRequest } from '../transport/http-exchange.js';
import { LiveTickets } from './live-tickets.js';
import { TicketClaims } from './ticket-claims.js';

/** Lets requests in by their tickets, for `SseTicketGuard`. */
@Injectable()
export class TicketAdmission {
  /** Guards may stand on a class, a method and the whole application: a request uses its ticket once. */
  private readonly admitted = new WeakMap<RawRequest, { readonly ticket: string; readonly identity: SseIdentity }>();

  constructor(
    private readonly claims: TicketClaims,
    private readonly live: LiveTickets,
  ) {}

  /**
   * Uses the ticket for this request: for as long as there is a stream, or, where the request is for none, for good.
   *
   * @throws UnusableTicket, SseBackplaneError
   */
  async admit(ticket: string, exchange: HttpExchange, isStream: boolean): Promise<SseIdentity> {
    const before = this.admitted.get(exchange.request);
    if (before?.ticket === ticket) return before.identity;
    const identity = await this.use(ticket, exchange, isStream);
    this.admitted.set(exchange.request, { ticket, identity });
    return identity;
  }

  private async use(ticket: string, exchange: HttpExchange, isStream: boolean): Promise<SseIdentity> {
    const { path, method } = exchange;
    const lastEventId = decodeLastEventId(exchange.header('last-event-id')) ?? exchange.query('lastEventId');
    const request = { ticket, path, isReconnect: lastEventId !== undefined };
    if (!isStream) return this.claims.redeem(request);
    if (method === 'HEAD') return this.claims.look(request);
    const claim = await this.claims.claim(request);
    this.live.begin(claim, exchange);
    return claim.record.identity;
  }
}
