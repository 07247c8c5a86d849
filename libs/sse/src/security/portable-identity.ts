import { type SseIdentity } from '../options/sse-identity.js';
import { SseError } from '../protocol/sse-error.js';

/** An identity with all that belongs to it has at most so many characters as JSON. */
const LONGEST = 16_384;

/**
 * The identity as it can be kept for another node. Its `user` goes along as JSON: what it is beside its data is lost.
 *
 * @throws SseError if it is none, or can't be made into JSON of a sensible length
 */
export function portableIdentity(identity: SseIdentity): SseIdentity {
  const { userId, permissions, expiresAt, issuedAt, tokenId, user } = identity;
  if (typeof userId !== 'string' || userId === '' || !Array.isArray(permissions)) {
    throw refusal('has no userId or no permissions', 'make one of what you know of the user, as identify does');
  }
  for (const [name, date] of Object.entries({ expiresAt, issuedAt })) {
    if (date !== undefined && !(date instanceof Date && Number.isFinite(date.getTime()))) {
      throw refusal(`has the ${name} ${String(date)}`, 'use a Date');
    }
  }
  const text = jsonOf({ userId, permissions, tokenId, user });
  if (text.length > LONGEST) {
    throw refusal(`has ${text.length} characters as JSON, more than ${LONGEST}`, 'keep of its user what streams need');
  }
  return { ...(JSON.parse(text) as SseIdentity), expiresAt, issuedAt };
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw refusal("can't be made into JSON", 'keep of its user what streams need', error);
  }
}

function refusal(what: string, mend: string, cause?: unknown): SseError {
  return new SseError('SSE_TICKET', `The identity of a ticket ${what}: ${mend}.`, { cause });
}
