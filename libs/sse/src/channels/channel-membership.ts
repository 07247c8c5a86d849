import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type ChannelSubscriber } from '../connections/channel-subscriber.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { SseError } from '../protocol/sse-error.js';
import { audiencesOf, isAudience } from './audience.js';
import { BackplaneSubscriptions } from './backplane-subscriptions.js';
import { channelNameProblem, checkChannelName } from './channel.js';

/** Who listens to which channel: asks whether he may, enters him in the registry, and keeps the backplane subscribed. */
@Injectable()
export class ChannelMembership implements ChannelSubscriber {
  private readonly logger = new Logger('SseChannels');
  private readonly subscriptions: BackplaneSubscriptions;

  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(BACKPLANE) backplane: Backplane,
    private readonly registry: ConnectionRegistry,
  ) {
    this.subscriptions = new BackplaneSubscriptions(backplane);
  }

  /** Takes a stream that is about to open to its channels and audiences. What it throws refuses the stream. */
  async open(connection: SseConnection, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const problem = channelNameProblem(name);
      if (problem) throw new SseRefusedException('SSE_CHANNEL_NAME', 400, problem);
    }
    const { maxChannels } = connection.settings.connections;
    if (names.length > maxChannels) {
      throw new SseRefusedException('SSE_MAX_CHANNELS', 400, `A stream takes ${maxChannels} channels at most.`);
    }
    if (this.options.channels.authorize) {
      for (const name of names) await this.authorize(connection.identity, name);
    }
    await this.join(connection, [...audiencesOf(connection.listen, connection.identity), ...names]);
  }

  async subscribe(connection: SseConnection, channel: string): Promise<void> {
    checkChannelName(channel);
    if (connection.joined.has(channel)) return;
    await this.authorize(connection.identity, channel);
    this.checkRoom(connection);
    await this.join(connection, [channel]);
  }

  async unsubscribe(connection: SseConnection, channel: string): Promise<void> {
    checkChannelName(channel);
    if (this.registry.leave(connection, channel)) await this.subscriptions.unsubscribe(channel);
  }

  /** The connection's identity has changed: audiences follow, and every channel is asked about anew. */
  async renew(connection: SseConnection, identity: SseIdentity): Promise<void> {
    const before = audiencesOf(connection.listen, connection.identity);
    connection.identity = identity;
    const now = audiencesOf(connection.listen, identity);
    await this.leave(
      connection,
      before.filter((name) => !now.includes(name)),
    );
    await this.join(
      connection,
      now.filter((name) => !before.includes(name)),
    );
    for (const channel of [...connection.joined].filter((name) => !isAudience(name))) {
      if (!(await this.mayListen(identity, channel))) await this.leave(connection, [channel]);
    }
  }

  /** The connection has ended. */
  release(connection: SseConnection): void {
    this.registry.leaveAll(connection, (channel) => {
      this.subscriptions.unsubscribe(channel).catch((error: unknown) => {
        this.logger.warn(`Unsubscribing from ${channel} failed: ${String(error)}`);
      });
    });
  }

  private async join(connection: SseConnection, names: readonly string[]): Promise<void> {
    if (connection.isClosed) return;
    const pending: Promise<void>[] = [];
    for (const name of names) {
      if (connection.joined.has(name)) continue;
      const isFirst = this.registry.join(connection, name);
      const confirmed = isFirst ? this.subscriptions.subscribe(name) : this.subscriptions.pending(name);
      if (confirmed) pending.push(confirmed);
    }
    if (pending.length === 0) return;
    try {
      await Promise.all(pending);
    } catch (error) {
      await this.leave(connection, names);
      throw error;
    }
  }

  private async leave(connection: SseConnection, names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.registry.leave(connection, name)) await this.subscriptions.unsubscribe(name);
    }
  }

  /** @throws SseRefusedException if the identity may not listen to the channel */
  private async authorize(identity: SseIdentity | undefined, channel: string): Promise<void> {
    const { authorize } = this.options.channels;
    if (authorize && !(await authorize(identity, channel))) {
      throw new SseRefusedException('SSE_CHANNEL_FORBIDDEN', 403, 'This channel is not open to you.');
    }
  }

  /** As `authorize()`, for streams that are open already: a rule that fails is a no, and is logged. */
  private async mayListen(identity: SseIdentity, channel: string): Promise<boolean> {
    try {
      return (await this.options.channels.authorize?.(identity, channel)) ?? true;
    } catch (error) {
      this.logger.error(`channels.authorize failed for the channel ${channel}, which is taken as a no`, error);
      return false;
    }
  }

  private checkRoom(connection: SseConnection): void {
    const { maxChannels } = connection.settings.connections;
    const own = [...connection.joined].filter((name) => !isAudience(name)).length;
    if (own >= maxChannels) {
      throw new SseError(
        'SSE_MAX_CHANNELS',
        `The connection ${connection.id} listens to ${own} channels, which is the maximum: unsubscribe from some, or raise connections.maxChannels.`,
      );
    }
  }
}
