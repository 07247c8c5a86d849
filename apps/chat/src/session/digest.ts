import { createHash } from 'node:crypto';

/** Digests are equally long, whatever was sent: `timingSafeEqual` compares them, and tells nobody how good a guess was. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
