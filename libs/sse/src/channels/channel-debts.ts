import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type ChannelReading } from '../connections/channel-reading.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type LogPosition } from '../protocol/event-id.js';
import { type ChannelLog } from './channel-log.js';
import { ChannelLogs } from './channel-logs.js';
import { type ReadingPlace } from './channel-page.js';
import { type Reset, type ResetReason } from './reset.js';

/** What a reader is owed, as far as it can be said. */
type Owed =
  | { readonly kind: 'known'; readonly places: ReadingPlace[] }
  | { readonly kind: 'unread'; readonly channels: string[] }
  | { readonly kind: 'lost'; readonly channels: string[] }
  | { readonly kind: 'unknown' };

/** Says what a stream is still owed of its channels, and where it goes on if that can't be paid. */
@Injectable()
export class ChannelDebts {
  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly logs: ChannelLogs,
  ) {}

  /** Where this node stands: all that was published up to here has been delivered to it. */
  get position(): LogPosition {
    const { epoch, sequence } = this.logs;
    const safe = this.backplane.position;
    return safe?.epoch === epoch && safe.sequence > sequence ? safe : { epoch, sequence };
  }

  to(connection: SseConnection, reading: ChannelReading): Owed {
    const now = monotonicNow();
    const places: ReadingPlace[] = [];
    const unread: string[] = [];
    const lost: string[] = [];
    for (const channel of connection.joined) {
      const log = this.logs.get(channel);
      const after = reading.owedFrom(channel);
      // It has just come to this one: the node is about to subscribe, and it is owed what comes then.
      if (after === Infinity) continue;
      // Nothing is known of what the node is not subscribed to: rather wait than pass over it.
      if (!log) return { kind: 'unknown' };
      this.logs.trim(log, now);
      if (after >= log.completeAfter) places.push({ log, after });
      else (log.isWhole ? lost : unread).push(channel);
    }
    if (unread.length > 0) return { kind: 'unread', channels: unread };
    return lost.length > 0 ? { kind: 'lost', channels: lost } : { kind: 'known', places };
  }

  /**
   * Where a stream goes on that has lost channels: as soon as these are complete again, if it is owed anything from there
   * on, and else where this node stands. What it is owed of other channels from before that place would come behind an id
   * that says it has it: so these are to be loaded anew as well.
   *
   * @param keepsRest what the channels have kept is wanted, though their state is loaded anew
   */
  planReset(
    connection: SseConnection,
    reading: ChannelReading,
    reason: ResetReason,
    lost: readonly string[],
    { now = this.position, keepsRest = false }: { now?: LogPosition; keepsRest?: boolean } = {},
  ): Reset {
    if (reading.epoch !== now.epoch) {
      // The log may have become another one while it was asked: then nothing can be said of the other channels either.
      const ownReason = reading.epoch === undefined ? reason : 'epoch';
      return { reason: ownReason, channels: [...connection.joined], goesOn: now };
    }
    const ends = lost.map((channel) => this.logs.get(channel)?.completeAfter ?? now.sequence);
    const through = Math.max(reading.position, ...ends);
    const channels = [...lost];
    let isOwedMore = keepsRest;
    for (const channel of connection.joined) {
      const log = this.logs.get(channel);
      const after = reading.owedFrom(channel);
      if (lost.includes(channel) || after === Infinity) continue;
      if (!log) {
        channels.push(channel);
        continue;
      }
      if (after < through && mayHave(log, after, through)) channels.push(channel);
      isOwedMore ||= mayHave(log, Math.max(after, through), Infinity);
    }
    return { reason, channels, goesOn: { epoch: now.epoch, sequence: isOwedMore ? through : now.sequence } };
  }
}

/** Whether there is, or may have been, an event behind one number and up to another. */
function mayHave(log: ChannelLog, after: number, through: number): boolean {
  if (after < log.completeAfter) return true;
  const next = log.events[log.indexAfter(after)];
  return next !== undefined && next.sequence <= through;
}
