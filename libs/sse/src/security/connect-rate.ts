import { Inject, Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { jitter } from '../connections/jitter.js';
import { monotonicNow } from '../connections/monotonic.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseConnectRate, type SseConnectRateRules } from '../options/sse-request-rules.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { errorText } from '../protocol/error-text.js';
import { type HttpExchange, type RawRequest } from '../transport/http-exchange.js';
import { logRefusal } from './refusal-log.js';

/** Whose attempts are counted. */
export type AttemptsOf = 'address' | 'user';

/** An engine that is away is told of once in so many milliseconds. */
const WARNING_INTERVAL = 60_000;

/** Counts attempts to connect, over all nodes, and refuses those that are too many. */
@Injectable()
export class ConnectRate {
  readonly rules: SseConnectRateRules;

  private readonly logger = new Logger('SseSecurity');
  /** Guards may stand on a class, a method and the whole application: a request is one attempt. */
  private readonly counted = { address: new WeakSet<RawRequest>(), user: new WeakSet<RawRequest>() };
  private warnAgainAt = -Infinity;

  constructor(
    @Inject(SSE_OPTIONS) { security }: ResolvedOptions,
    @Inject(BACKPLANE) private readonly backplane: Backplane,
  ) {
    this.rules = security.connectRate ?? {};
  }

  /** Counts the request as an attempt of this address or user, once. Returns a refusal if it is one too many. */
  async count(
    exchange: HttpExchange,
    kind: AttemptsOf,
    who: string,
    { attempts, window }: SseConnectRate,
  ): Promise<SseRefusedException | undefined> {
    const counted = this.counted[kind];
    if (counted.has(exchange.request)) return undefined;
    counted.add(exchange.request);
    const { count, remaining } = await this.ask(keyOf(kind, who), window);
    if (count <= attempts) return undefined;
    // One line for each window, over all nodes: a flood of attempts must not become one of lines.
    if (count === attempts + 1) logRefusal(exchange, `its ${kind} tried more than ${attempts} times in ${window} ms`);
    const retryAfter = jitter(Math.max(1, remaining), 0, 0.5);
    return new SseRefusedException('SSE_RATE', 429, 'Too many attempts to connect.', retryAfter);
  }

  /** An engine that is away must not keep everybody out: then nothing is counted. */
  private async ask(key: string, window: number): Promise<{ readonly count: number; readonly remaining: number }> {
    const { status, reason = 'its engine does not answer' } = this.backplane.health;
    try {
      if (status === 'up') return await this.backplane.count(key, window);
      this.warn(reason);
    } catch (error) {
      this.warn(errorText(error));
    }
    return { count: 0, remaining: 0 };
  }

  private warn(reason: string): void {
    const now = monotonicNow();
    if (now < this.warnAgainAt) return;
    this.warnAgainAt = now + WARNING_INTERVAL;
    this.logger.warn(`Attempts to connect are not counted, and all pass: ${reason}`);
  }
}

/** Of one length, however long the user's id is; and no address or id lies about in the engine. */
function keyOf(kind: AttemptsOf, who: string): string {
  return `connect.${kind}.${createHash('sha256').update(who).digest('base64url')}`;
}
