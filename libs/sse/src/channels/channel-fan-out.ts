import { Injectable } from '@nestjs/common';
import { type ChannelMessage } from '../backplane/backplane.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { frameOf } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';

/** Takes an event of a channel to everybody on this node who listens: encoded once, however many they are. */
@Injectable()
export class ChannelFanOut {
  constructor(private readonly registry: ConnectionRegistry) {}

  deliver(message: ChannelMessage): void {
    if (this.registry.countByChannel(message.channel) === 0) return;
    const traits = { key: keyWithin(message) };
    const frame = frameOf(message, traits);
    let withoutId: Frame | undefined;
    const { except } = message;
    // `forEach`, since `for…of` makes an object for each listener (allocation profile of P1).
    this.registry.listeners(message.channel)?.forEach((connection) => {
      if (except && isExcluded(connection, except)) return;
      // A stream with a source of its own has the application's ids: one of ours would move its cursor elsewhere.
      if (connection.idsOwner === 'backplane' || frame.id === undefined) connection.deliver(frame);
      else connection.deliver((withoutId ??= frameOf({ ...message, id: undefined }, traits)));
    });
  }
}

/** Keys are a channel's own: the same one on another channel is another thing. */
function keyWithin({ channel, key }: ChannelMessage): string | undefined {
  return key === undefined ? undefined : `${channel}\n${key}`;
}

function isExcluded(connection: SseConnection, except: NonNullable<ChannelMessage['except']>): boolean {
  if (except.connections?.includes(connection.id)) return true;
  return connection.userId !== undefined && (except.users?.includes(connection.userId) ?? false);
}
