import { type Observable } from 'rxjs';
import { type ReadableStream } from 'node:stream/web';
import { SseError } from '../protocol/sse-error.js';
import { channelName, type NamedChannel } from './channel.js';

/** What a snapshot may come from. */
export type SnapshotSource = Observable<unknown> | AsyncIterable<unknown> | ReadableStream<unknown>;

/** What of a channel's past a client is given that has not been there before. */
export type HistoryChoice =
  | {
      /** So many events of each channel, the last ones. */
      readonly last: number;
    }
  | {
      /** Everything behind the event of this id, or published from this time on. */
      readonly since: string | Date;
    };

/** The state with which a stream begins. */
export interface Snapshot {
  readonly source: SnapshotSource;
  /** The id of the last event that is in it. */
  readonly asOf?: string;
}

/** Shared by all subscriptions of channels without presence: one is made for each stream that opens. */
const NOBODY: ReadonlySet<string> = new Set();

/** What a handler returns whose stream is one or more channels. Made by {@link channels}. */
export class ChannelSubscription {
  /** Each name once. */
  readonly names: readonly string[];
  /** @internal Of these, the channels whose members are told of. */
  readonly presence: ReadonlySet<string>;
  /** @internal */
  readonly past: HistoryChoice | undefined;
  /** @internal */
  readonly snapshot: Snapshot | undefined;

  /** @internal */
  constructor(
    names: readonly string[],
    presence: ReadonlySet<string> = NOBODY,
    more: { past?: HistoryChoice; snapshot?: Snapshot } = {},
  ) {
    this.names = names.length > 1 ? [...new Set(names)] : names;
    this.presence = presence;
    this.past = more.past;
    this.snapshot = more.snapshot;
  }

  /**
   * Begins the stream with what the channels have kept, for a client that comes without a `Last-Event-ID`, or with one
   * that can't be honoured. There may be less than was asked for; of an id that is too old the client is told by
   * `sse:reset`.
   *
   * @throws SseError if `last` is no whole number of 0 or more, or `since` neither an id nor a date
   * @example
   * return channels(`room.${room}`).history({ last: 50 });
   */
  history(choice: HistoryChoice): ChannelSubscription {
    checkChoice(choice);
    return new ChannelSubscription(this.names, this.presence, { past: choice, snapshot: this.snapshot });
  }

  /**
   * Begins the stream with a state, sent as events without ids. What is published after the request came is held and
   * follows it, so that nothing is lost, however long the state took to load: an event may be both in the state and among
   * what follows, unless `asOf` names the last event that the state knows of. A client that has come back and is given all
   * that it missed gets no state; one that is told to reset gets it.
   *
   * @example
   * return channels('orders').startWith(from([{ type: 'orders', data: await this.orders.open() }]));
   */
  startWith(source: SnapshotSource, { asOf }: { asOf?: string } = {}): ChannelSubscription {
    return new ChannelSubscription(this.names, this.presence, { past: this.past, snapshot: { source, asOf } });
  }
}

/**
 * A stream of these channels, and of the audiences of its identity: what is sent to everyone, to its user, and to those
 * who hold one of its permissions. It stays open until the client goes. Up to `maxChannels`.
 *
 * A client that reconnects with a `Last-Event-ID` gets what it missed first, or `sse:reset` where that is not possible.
 *
 * @example
 * @SseStream(':room/events')
 * events(@Param('room') room: string) {
 *   return channels(`room.${room}`, 'announcements');
 * }
 */
export function channels(...names: (string | NamedChannel)[]): ChannelSubscription {
  const all = names.map(channelName);
  const presence = names.some(hasPresence) ? new Set(names.filter(hasPresence).map(channelName)) : undefined;
  return new ChannelSubscription(all, presence);
}

function hasPresence(channel: string | NamedChannel): boolean {
  return typeof channel === 'object' && channel.presence === true;
}

function checkChoice(choice: HistoryChoice): void {
  const isRight =
    'last' in choice
      ? Number.isSafeInteger(choice.last) && choice.last >= 0
      : typeof choice.since === 'string' || (choice.since instanceof Date && !Number.isNaN(choice.since.getTime()));
  if (isRight) return;
  throw new SseError(
    'SSE_ARGUMENT',
    `history(${JSON.stringify(choice)}) is wrong: use { last: a whole number } or { since: an event's id or a Date }.`,
  );
}
