import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type SseRefusedException } from '../connections/sse-refused.exception.js';
import { type SseConnectRateRules } from '../options/sse-request-rules.js';
import { Identification } from '../streaming/identify.js';
import { type HttpExchange } from '../transport/http-exchange.js';
import { ConnectRate } from './connect-rate.js';
import { exchangeOf } from './exchange-of.js';
import { GuardRefusals } from './guard-refusals.js';
import { partyOf } from '../transport/ip-address.js';

type Refusal = SseRefusedException | undefined;

/**
 * Refuses those who try to connect too often, by the option `security.connectRate`: with 429, `Retry-After` and the code
 * `SSE_RATE`; a browser's EventSource as the option `connections.refusal` says. Attempts are counted over all nodes.
 *
 * A request counts once for its address and once for its user, however often the guard is named. So it may stand before
 * the guard that authenticates, where addresses are counted, and once more after it, where the user is known.
 *
 * @example
 * @UseGuards(SseConnectRateGuard, SseJwtAuthGuard, SseConnectRateGuard)
 * @SseStream('events')
 */
@Injectable()
export class SseConnectRateGuard implements CanActivate {
  @Inject(ConnectRate) private readonly rate!: ConnectRate;
  @Inject(GuardRefusals) private readonly refusals!: GuardRefusals;
  @Inject(Identification) private readonly identification!: Identification;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const exchange = exchangeOf(context);
    // Who is refused by his address is not counted as the user that he says he is.
    const refusal = (await this.countAddress(exchange, context)) ?? (await this.countUser(exchange, context));
    if (refusal) this.refusals.refuse(refusal, exchange, context);
    return true;
  }

  /** How many attempts there may be. The counts are of the whole application, whichever route is tried. */
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- for those who override it
  protected rulesFor(_context: ExecutionContext): SseConnectRateRules {
    return this.rate.rules;
  }

  /** Under what the attempts of an address are counted: itself, or its /64 of IPv6. `undefined` is not counted. */
  protected addressOf(context: ExecutionContext): string | undefined {
    return partyOf(exchangeOf(context).remoteAddress);
  }

  /** Under what the attempts of a user are counted. `undefined`, if it is not known who he is, is not counted. */
  protected async userOf(context: ExecutionContext): Promise<string | undefined> {
    return (await this.identification.identify(context))?.userId;
  }

  private async countAddress(exchange: HttpExchange, context: ExecutionContext): Promise<Refusal> {
    const { perIp } = this.rulesFor(context);
    const address = perIp && this.addressOf(context);
    if (!perIp || address === undefined) return undefined;
    return this.rate.count(exchange, 'address', address, perIp);
  }

  private async countUser(exchange: HttpExchange, context: ExecutionContext): Promise<Refusal> {
    const { perUser } = this.rulesFor(context);
    const user = perUser && (await this.userOf(context));
    if (!perUser || user === undefined) return undefined;
    return this.rate.count(exchange, 'user', user, perUser);
  }
}
