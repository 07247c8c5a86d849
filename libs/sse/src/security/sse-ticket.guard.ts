import { type CanActivate, type ExecutionContext, type HttpException, Inject, Injectable } from '@nestjs/common';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { errorText } from '../protocol/error-text.js';
import { type HttpExchange } from '../transport/http-exchange.js';
import { exchangeOf } from './exchange-of.js';
import { GuardRefusals, streamRouteOf } from './guard-refusals.js';
import { logRefusal } from './refusal-log.js';
import { TicketAdmission } from './ticket-admission.js';
import { isEngineAway, ticketRefusal, ticketsAreAway } from './ticket-refusal.js';
import { UnusableTicket } from './unusable-ticket.js';

/**
 * Lets requests in that bring a ticket of {@link SseTickets.issue}, and says by `request.user` whose it is. All others get
 * the same 401, whatever was wrong; the log has the reason.
 *
 * On an `@SseStream()` a ticket is good for the stream that it opens and for its reconnects. On any other route it is good
 * for one request.
 *
 * @example
 * @UseGuards(SseTicketGuard)
 * @SseStream('events')
 */
@Injectable()
export class SseTicketGuard implements CanActivate {
  @Inject(TicketAdmission) private readonly admission!: TicketAdmission;
  @Inject(GuardRefusals) private readonly refusals!: GuardRefusals;
  @Inject(SSE_OPTIONS) private readonly options!: ResolvedOptions;

  /** The parameter of the query that a ticket stands in. */
  protected readonly parameter: string = 'ticket';

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const exchange = exchangeOf(context);
    try {
      const ticket = this.ticketOf(context);
      if (ticket === undefined) throw new UnusableTicket('it brings no ticket');
      const identity = await this.admission.admit(ticket, exchange, streamRouteOf(context) !== undefined);
      context.switchToHttp().getRequest<{ user?: unknown }>().user = this.userOf(identity);
    } catch (error) {
      this.refuse(error, exchange, context);
    }
    return true;
  }

  /** The ticket that the request brings. By default it is read from the query, as EventSource can't set headers. */
  protected ticketOf(context: ExecutionContext): string | undefined {
    const { query } = context.switchToHttp().getRequest<{ query?: Record<string, unknown> }>();
    const ticket = query?.[this.parameter];
    return typeof ticket === 'string' ? ticket : undefined;
  }

  /** What becomes `request.user`: what the identity's own user was, with the facts that `identify` reads. */
  protected userOf({ userId, permissions, expiresAt, issuedAt, tokenId, user }: SseIdentity): object {
    const own = typeof user === 'object' && !Array.isArray(user) ? user : undefined;
    return { ...own, userId, permissions, exp: numericDate(expiresAt), iat: numericDate(issuedAt), jti: tokenId };
  }

  /** What is thrown. The client should not learn of the reason. */
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- for those who override it
  protected refusal(_context: ExecutionContext): HttpException {
    return ticketRefusal();
  }

  private refuse(error: unknown, exchange: HttpExchange, context: ExecutionContext): void {
    if (isEngineAway(error)) {
      logRefusal(exchange, `its ticket can't be checked: ${errorText(error)}`);
      this.refusals.refuse(ticketsAreAway(this.options.connections.retryAfter), exchange, context);
      return;
    }
    if (!(error instanceof UnusableTicket)) throw error;
    logRefusal(exchange, error.message);
    throw this.refusal(context);
  }
}

/** Seconds since 1970 (RFC 7519, section 2). */
function numericDate(date: Date | undefined): number | undefined {
  return date && date.getTime() / 1_000;
}
