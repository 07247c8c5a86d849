import { type CompressionSettings } from '../options/resolved-options.js';
import { isPrivate } from './audience.js';

/**
 * Of which channels events are compressed against those before them. The size of such an event tells whoever watches the
 * network how much it is like what came before: who may write into a channel, and does not get what others write there, could
 * guess at that (the attack is known as CRIME). So never of what is for one user, or for those of a permission.
 *
 * @see J. Kelsey, "Compression and Information Leakage of Plaintext", FSE 2002
 */
export function windowRule(compression: CompressionSettings | null): (channel: string) => boolean {
  const window = compression?.window ?? false;
  return (channel) => !isPrivate(channel) && (typeof window === 'function' ? window(channel) : window);
}
