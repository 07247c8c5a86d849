import { type SseRequestRules } from '../options/sse-request-rules.js';
import { clientText } from '../protocol/client-text.js';
import { type RequestRule } from './request-rule.js';

type Origins = NonNullable<SseRequestRules['origins']>;

/** What stands before and behind the `*` of `https://*.example.com`. */
interface Subdomains {
  readonly scheme: string;
  readonly parent: string;
}

/** What a subdomain is made of: nothing that ends the host of a URL, or begins another part of it. */
const LABELS = /^[\w-]+(?:\.[\w-]+)*$/;

/**
 * Which pages may open streams. A browser names the page's origin itself, and no page can change it.
 *
 * @see https://fetch.spec.whatwg.org/#origin-header
 */
export function originRule(origins: Origins): RequestRule {
  const isAllowed = typeof origins === 'function' ? origins : isListed(origins);
  return async ({ request }, context) => {
    const { origin } = request.headers;
    if (await isAllowed(origin, context)) return undefined;
    return origin === undefined ? 'it has no Origin' : `the origin "${clientText(origin)}" is not allowed`;
  };
}

/** Those who send no origin are no pages, or pages of the same origin. */
function isListed(list: readonly string[]): (origin: string | undefined) => boolean {
  const patterns = list.map((origin) => origin.toLowerCase());
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map(subdomainsOf);
  return (origin) =>
    origin === undefined || exact.has(origin) || wild.some((subdomains) => isWithin(subdomains, origin));
}

function subdomainsOf(pattern: string): Subdomains {
  const [scheme = '', parent = ''] = pattern.split('*');
  return { scheme, parent };
}

function isWithin({ scheme, parent }: Subdomains, origin: string): boolean {
  if (!origin.startsWith(scheme) || !origin.endsWith(parent)) return false;
  return LABELS.test(origin.slice(scheme.length, -parent.length));
}
