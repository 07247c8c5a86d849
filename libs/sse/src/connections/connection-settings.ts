import { type OverflowPolicy } from '../options/overflow-policy.js';
import { type HeartbeatSettings, type QueueSettings, type ResolvedOptions } from '../options/resolved-options.js';
import { type EventFields } from '../protocol/event-block.js';
import { type EventEncoder } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';
import { type AdmissionRules } from './admission.js';
import { type StreamLimit } from './stream-limit.js';

/** What the connections of one route have in common. Made once for each route. */
export interface ConnectionSettings {
  /** Streams without any event or id of ours. */
  readonly raw: boolean;
  readonly connections: ResolvedOptions['connections'];
  /** Beyond how many connections a user's oldest is replaced, of the process and of this route; null for never. */
  readonly replaceBeyond: { readonly ofProcess: number | null; readonly ofRoute: number | null };
  readonly admission: AdmissionRules;
  readonly heartbeat: HeartbeatSettings;
  readonly queue: QueueSettings;
  readonly overflow: OverflowPolicy;
  /** On what its clients are sent; null for none. */
  readonly rateLimit: StreamLimit | null;
  /** With so many recorded events waiting a stream of channels falls behind; 0 for never. */
  readonly fallsBehindAt: number;
  readonly encoder: EventEncoder;
  /** What every stream begins with: the reconnection time, or on one of somebody else's protocol a comment. */
  readonly opening: Frame;
  /**
   * Of streams of somebody else's protocol: its word for an answer that is not complete, in place of any farewell or mark
   * of ours.
   */
  readonly interruption: EventFields | undefined;
}
