import { isIP } from 'node:net';
import { z } from 'zod';
import { group, text, time, whole } from './option-kinds.js';
import { type SseRequestRules } from './sse-request-rules.js';

const ORIGINS =
  "use a list such as ['https://app.example.com', 'https://*.example.com'], or a function (origin, context) => boolean";
const ORIGIN = 'use scheme, host and port alone, such as https://app.example.com or https://*.example.com';
const NETWORK = 'use an IP address, or a network such as 10.0.0.0/8 or 2001:db8::/32';
const AGENTS = 'use a list of texts and regular expressions';
const HEADERS = "use true, or a list of names such as ['user-agent', 'accept']";

/** An origin as browsers send it, its host perhaps beginning with `*.` (RFC 6454, section 6.2). */
function isOriginPattern(value: string): boolean {
  const plain = value.toLowerCase().replace(/:\/\/\*\.(?!\.|$)/, '://any.');
  if (plain.includes('*') || !URL.canParse(plain)) return false;
  // Not `URL.origin`, which says "null" of the schemes of extensions and native shells.
  const { protocol, host } = new URL(plain);
  return host !== '' && protocol !== 'file:' && plain === `${protocol}//${host}`;
}

/** A zone, as in `fe80::1%eth0`, is of one machine only and says nothing of who somebody is. */
function isNetwork(value: string): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

const origin = z.string({ error: ORIGIN }).refine(isOriginPattern, { error: ORIGIN });
const networks = z.array(z.string({ error: NETWORK }).refine(isNetwork, { error: NETWORK }), {
  error: `use a list: ${NETWORK}`,
});
const header = z.string({ error: HEADERS }).regex(/^[\w!#$%&'*+.^`|~-]+$/, HEADERS);
const rate = z.strictObject({ attempts: whole(1), window: time(1) }, { error: 'use { attempts, window }' });

/** The shape of the rules for requests. */
export const requestRulesSchema = group({
  origins: z.union(
    [
      z.array(origin),
      z.custom<Extract<SseRequestRules['origins'], (...args: never[]) => unknown>>(
        (value) => typeof value === 'function',
        { error: ORIGINS },
      ),
    ],
    { error: ORIGINS },
  ),
  userAgent: z.union(
    [
      z.literal(true),
      group({
        minLength: whole(0),
        refuse: z.array(z.union([text(AGENTS), z.instanceof(RegExp)], { error: AGENTS }), { error: AGENTS }),
      }),
    ],
    { error: 'use true or { minLength, refuse }' },
  ),
  ip: group({ allow: networks, deny: networks }),
  headers: z.union([z.literal(true), z.array(header)], { error: HEADERS }),
  connectRate: group({ perIp: rate, perUser: rate }),
});
