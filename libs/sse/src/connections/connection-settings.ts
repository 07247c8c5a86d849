import { type OverflowPolicy } from '../options/overflow-policy.js';
import { type HeartbeatSettings, type QueueSettings, type ResolvedOptions } from '../options/resolved-options.js';
import { type EventEncoder } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';
import { type AdmissionScope } from './admission.js';

/** What the connections of one route have in common. Made once for each route. */
export interface ConnectionSettings {
  /** Streams without any event or id of ours. */
  readonly raw: boolean;
  readonly connections: ResolvedOptions['connections'];
  /** The route's own limit for each user, beside the module's. */
  readonly maxPerUserOfRoute: number | null;
  /** The scopes that a connection takes a place in: the process, and the route where it has limits of its own. */
  readonly scopes: readonly AdmissionScope[];
  readonly heartbeat: HeartbeatSettings;
  readonly queue: QueueSettings;
  readonly overflow: OverflowPolicy;
  readonly encoder: EventEncoder;
  /** The reconnection time that every stream begins with. */
  readonly opening: Frame;
}
