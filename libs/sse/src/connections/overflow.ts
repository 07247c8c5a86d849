import { type OverflowPolicy } from '../options/overflow-policy.js';
import { type QueueSettings } from '../options/resolved-options.js';
import { type Frame } from '../protocol/frame.js';
import { type DropReason } from './drop-counts.js';
import { type FrameQueue } from './frame-queue.js';

/** What gives way to a new frame: one that waits, the new one itself, or the whole connection. */
export type Sacrifice =
  | { readonly what: 'waiting'; readonly frame: Frame; readonly reason: DropReason }
  | { readonly what: 'new'; readonly reason: DropReason }
  | { readonly what: 'connection' };

/**
 * Whether the queue has no room for one more frame. An empty one takes any, however large.
 *
 * @param fallsBehindAt so many recorded events are too many, whatever else waits; 0 for no such bound
 */
export function isFull(queue: FrameQueue, limits: QueueSettings, frame: Frame, fallsBehindAt: number): boolean {
  if (queue.size === 0) return false;
  const isBehind = fallsBehindAt > 0 && frame.sequence > 0 && queue.recorded >= fallsBehindAt;
  const isLong = queue.size >= limits.maxEvents || isBehind;
  return isLong || queue.bytes + frame.bytes > limits.maxBytes;
}

/** Who gives way where a queue is full. A waiting frame is taken out of it. */
export function sacrificeFor(frame: Frame, queue: FrameQueue, policy: OverflowPolicy): Sacrifice {
  const low = queue.removeLow();
  if (low) return { what: 'waiting', frame: low, reason: 'shed' };
  if (frame.priority === 'low') return { what: 'new', reason: 'shed' };
  if (policy === 'disconnect') return { what: 'connection' };
  if (policy === 'drop-newest') return { what: 'new', reason: 'overflow' };
  const outdated = policy === 'conflate' ? queue.removeLike(frame) : undefined;
  const victim = outdated ?? queue.removeLeast();
  return victim ? { what: 'waiting', frame: victim, reason: 'overflow' } : { what: 'new', reason: 'overflow' };
}
