import { Injectable, Logger } from '@nestjs/common';
import { type Loss } from '../backplane/backplane.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { logLine } from '../protocol/log-line.js';
import { ChannelCatchUp } from './channel-catch-up.js';
import { ChannelLogs } from './channel-logs.js';

/** What the backplane could not deliver: this node's logs begin anew, and everybody who listens is told when his turn comes. */
@Injectable()
export class ChannelLosses {
  private readonly logger = new Logger('SseChannels');

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly logs: ChannelLogs,
    private readonly catchUp: ChannelCatchUp,
  ) {}

  tell({ channels, position, reason }: Loss): void {
    if (channels === 'all') {
      this.logger.warn(`The log of events begins anew (${reason}): open streams are told so by sse:reset`);
      this.logs.restart(position);
      for (const connection of [...this.registry.all(), ...this.registry.opening()]) this.interrupt(connection);
      return;
    }
    const text = 'Events were lost: their listeners are told so by sse:reset';
    this.logger.warn(logLine(text, { reason, channels: channels.length, first: channels[0] }));
    for (const channel of channels) {
      this.logs.clear(channel, position.sequence);
      for (const connection of this.registry.byChannel(channel)) {
        connection.reading?.lose(channel, reason);
        this.interrupt(connection);
      }
    }
  }

  private interrupt(connection: SseConnection): void {
    if (!connection.reading) return;
    connection.reading.fallBehind();
    this.catchUp.want(connection);
  }
}
