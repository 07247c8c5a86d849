import { Logger } from '@nestjs/common';
import { type SseConnection } from '../connections/sse-connection.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { type SseChannelOptions } from '../options/sse-module-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { clientText } from '../protocol/client-text.js';

/**
 * Asks the application who may listen to which channel: when a stream opens, at each later subscribe, and anew when an
 * identity changes. What a client is replayed is of channels that were asked about when it came back.
 */
export class ChannelAuthorization {
  private readonly logger = new Logger('SseChannels');

  constructor(private readonly authorize: SseChannelOptions['authorize']) {}

  /**
   * A promise where there is somebody to ask.
   *
   * @throws SseRefusedException if the connection may not listen to one of the channels
   */
  check(connection: SseConnection, channels: readonly string[]): Promise<void> | undefined {
    return this.authorize && this.ask(this.authorize, connection, channels);
  }

  /** Asks again if the identity changed while it was asked: else a permission that was just taken away would still count. */
  private async ask(
    authorize: NonNullable<SseChannelOptions['authorize']>,
    connection: SseConnection,
    channels: readonly string[],
  ): Promise<void> {
    let asked: SseIdentity | undefined;
    do {
      asked = connection.identity;
      for (const channel of channels) {
        if (await authorize(asked, channel)) continue;
        throw new SseRefusedException('SSE_CHANNEL_FORBIDDEN', 403, 'This channel is not open to you.');
      }
    } while (asked !== connection.identity);
  }

  /** As `check()`, for streams that are open already: a rule that fails is a no, and is logged. */
  async mayListen(identity: SseIdentity, channel: string): Promise<boolean> {
    try {
      return (await this.authorize?.(identity, channel)) ?? true;
    } catch (error) {
      this.logger.error(
        `channels.authorize failed for the channel ${clientText(channel)}, which is taken as a no`,
        error,
      );
      return false;
    }
  }
}
