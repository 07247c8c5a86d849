import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { type HttpExchange } from '../transport/http-exchange.js';
import { addressRule } from './address-rule.js';
import { headerRule } from './header-rule.js';
import { originRule } from './origin-rule.js';
import { type RequestProblem, type RequestRule } from './request-rule.js';
import { userAgentRule } from './user-agent-rule.js';

/** The rules of the option `security` that are set, compiled once for all guards. What asks the application comes last. */
@Injectable()
export class RequestChecks {
  private readonly rules: readonly RequestRule[];

  constructor(@Inject(SSE_OPTIONS) { security }: ResolvedOptions) {
    const { ip, headers, userAgent, origins } = security;
    this.rules = [
      ip && addressRule(ip),
      headers && headerRule(headers),
      userAgent && userAgentRule(userAgent),
      origins && originRule(origins),
    ].filter((rule) => rule !== undefined);
  }

  /** The first thing that is wrong with the request. */
  async problemOf(exchange: HttpExchange, context: ExecutionContext): Promise<RequestProblem> {
    for (const rule of this.rules) {
      const problem = await rule(exchange, context);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}
