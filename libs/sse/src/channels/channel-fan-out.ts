import { Injectable } from '@nestjs/common';
import { type PassedMessage } from '../backplane/channel-message.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { frameOf } from '../protocol/event-encoder.js';
import { type Frame } from '../protocol/frame.js';
import { ChannelLogs } from './channel-logs.js';
import { Checkpoints } from './checkpoints.js';
import { isExcluded, type LoggedEvent } from './logged-event.js';
import { QueueAcknowledgements } from './queue-acknowledgements.js';

/** Takes an event of a channel to everybody on this node who listens: encoded once, however many they are. */
@Injectable()
export class ChannelFanOut {
  /** Events that came to this node, from whichever one. */
  received = 0;

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly logs: ChannelLogs,
    private readonly checkpoints: Checkpoints,
    private readonly acknowledgements: QueueAcknowledgements,
  ) {}

  deliver(message: PassedMessage): void {
    const { channel } = message;
    this.received++;
    if (this.registry.countByChannel(channel) === 0 && !this.logs.get(channel)) return;
    const event = this.logs.record(message);
    const { frame, except } = event;
    let withoutId: Frame | undefined;
    // `forEach`, since `for…of` makes an object for each listener (allocation profile of P1).
    this.registry.listeners(channel)?.forEach((connection) => {
      if (except && isExcluded(connection, except)) this.passOver(connection, event);
      // A stream with a source of its own has the application's ids: one of ours would move its cursor elsewhere.
      else if (connection.reading || frame.sequence === 0) connection.deliver(frame);
      else connection.deliver((withoutId ??= withoutItsId(message, frame)));
    });
    if (event.queued) this.acknowledgements.delivered(event, this.registry.listeners(channel));
  }

  /** Who is excluded is not to be given the event when he comes back with another connection. */
  private passOver(connection: SseConnection, { sequence }: LoggedEvent): void {
    if (sequence === 0 || !connection.reading || connection.settings.raw) return;
    connection.deliver(this.checkpoints.at({ epoch: this.logs.epoch, sequence }));
  }
}

function withoutItsId(message: PassedMessage, { key, expires, publishedAt, priority }: Frame): Frame {
  return frameOf({ ...message, id: undefined }, { key, expires, publishedAt, priority, isCopy: true });
}
