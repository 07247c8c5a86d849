import { type ExecutionContext } from '@nestjs/common';

/**
 * What a request must be like, for `SseRequestGuard` and `SseConnectRateGuard`. Each rule is off until it is set.
 *
 * @example
 * SseModule.forRoot({ security: { origins: ['https://app.example.com'], userAgent: true, headers: true } })
 */
export interface SseRequestRules {
  /**
   * The pages that may open streams: `https://app.example.com` exactly, or `https://*.example.com` for every subdomain,
   * without the domain itself. A request without `Origin` passes a list: browsers send it with each EventSource and
   * `fetch()` of a page of another origin, and nobody else can be held to it. A function is asked about every request.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6454#section-7
   */
  origins?: readonly string[] | ((origin: string | undefined, context: ExecutionContext) => boolean | Promise<boolean>);
  /** What the `User-Agent` must be like; `true` for the defaults. It keeps off the careless, not the determined. */
  userAgent?: true | SseUserAgentRules;
  /** Which addresses may come. Behind a proxy, the client's is known by the platform's own setting `trust proxy` only. */
  ip?: SseIpRules;
  /** Headers that must be there and not be empty; `true` for `user-agent` and `accept`. */
  headers?: true | readonly string[];
  /** How often one may try to connect, counted over all nodes. */
  connectRate?: SseConnectRateRules;
}

/** See {@link SseRequestRules.userAgent}. */
export interface SseUserAgentRules {
  /** Characters at least. Default: 10. */
  minLength?: number;
  /** What it must not contain (in any case of letters), or match. Default: `bot`, `crawler`, `script`. */
  refuse?: readonly (string | RegExp)[];
}

/** See {@link SseRequestRules.ip}. Addresses or networks in CIDR notation, of IPv4 or IPv6 (RFC 4632, RFC 4291). */
export interface SseIpRules {
  /** Only these. Default: all. */
  allow?: readonly string[];
  /** None of these, whatever `allow` says. Default: none. */
  deny?: readonly string[];
}

/** See {@link SseRequestRules.connectRate}. */
export interface SseConnectRateRules {
  /** Attempts of one IP address. Default: no limit. Neighbours share one NAT. */
  perIp?: SseConnectRate;
  /** Attempts of one user. Default: no limit. */
  perUser?: SseConnectRate;
}

/** So many attempts in so many milliseconds, counted from the first. */
export interface SseConnectRate {
  /** At most so many. */
  attempts: number;
  /** Milliseconds, from the first attempt on. */
  window: number;
}
