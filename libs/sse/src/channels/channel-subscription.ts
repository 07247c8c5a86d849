import { channelName, type NamedChannel } from './channel.js';

/** What a handler returns whose stream is one or more channels. Made by {@link channels}. */
export class ChannelSubscription {
  /** Each name once. */
  readonly names: readonly string[];

  /** @internal */
  constructor(names: Iterable<string>) {
    this.names = [...new Set(names)];
  }
}

/**
 * A stream of these channels, and of the audiences of its identity: what is sent to everyone, to its user, and to those
 * who hold one of its permissions. It stays open until the client goes. Up to `maxChannels`.
 *
 * @example
 * @SseStream(':room/events')
 * events(@Param('room') room: string) {
 *   return channels(`room.${room}`, 'announcements');
 * }
 */
export function channels(...names: (string | NamedChannel)[]): ChannelSubscription {
  return new ChannelSubscription(names.map(channelName));
}
