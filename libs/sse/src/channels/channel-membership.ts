import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type ChannelSubscriber } from '../connections/channel-subscriber.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { renewedIdentity, type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { clientText } from '../protocol/client-text.js';
import { errorText } from '../protocol/error-text.js';
import { SseError } from '../protocol/sse-error.js';
import { audiencesOf, isAudience } from './audience.js';
import { ChannelAuthorization } from './channel-authorization.js';
import { ChannelCatchUp } from './channel-catch-up.js';
import { ChannelDebts } from './channel-debts.js';
import { ChannelLogs } from './channel-logs.js';
import { BackplaneSubscriptions } from './backplane-subscriptions.js';
import { EnginePatience } from './engine-patience.js';
import { channelNameProblem, checkChannelName } from './channel-name.js';

/** Who listens to which channel: asks whether he may, enters him in the registry, and keeps the backplane subscribed. */
@Injectable()
export class ChannelMembership implements ChannelSubscriber {
  private readonly logger = new Logger('SseChannels');
  private readonly subscriptions: BackplaneSubscriptions;
  /** Those who are no streams and still listen, such as somebody who watches who comes and goes; how many of each channel. */
  private readonly observers = new Map<string, number>();
  private readonly authorization: ChannelAuthorization;
  private readonly renewals = new WeakMap<SseConnection, Promise<void>>();

  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly registry: ConnectionRegistry,
    private readonly catchUp: ChannelCatchUp,
    private readonly debts: ChannelDebts,
    private readonly engine: EnginePatience,
    logs: ChannelLogs,
  ) {
    const hasListeners = (channel: string) => registry.countByChannel(channel) > 0 || this.observers.has(channel);
    this.authorization = new ChannelAuthorization(options.channels.authorize);
    this.subscriptions = new BackplaneSubscriptions(backplane, logs, hasListeners);
  }

  /**
   * Whether a stream that is about to open may listen to these channels. What it throws refuses the stream. A promise where
   * there is somebody to ask.
   */
  admit(connection: SseConnection, names: readonly string[]): Promise<void> | undefined {
    for (const name of names) {
      const problem = channelNameProblem(name);
      if (problem) throw new SseRefusedException('SSE_CHANNEL_NAME', 400, problem);
    }
    const { maxChannels } = connection.settings.connections;
    if (names.length > maxChannels) {
      throw new SseRefusedException('SSE_MAX_CHANNELS', 400, `A stream takes ${maxChannels} channels at most.`);
    }
    return this.authorization.check(connection, names);
  }

  /**
   * Takes it to these channels and to its audiences. Resolves when these, and those that its handler has taken it to, are
   * subscribed to, for which an engine that is away is waited for; nothing if they are.
   */
  enter(connection: SseConnection, names: readonly string[]): Promise<void> | undefined {
    const audiences = audiencesOf(connection.listen, connection.identity, this.options.permissions);
    return this.join(connection, [...audiences, ...names, ...connection.joined]);
  }

  /** Keeps the channel subscribed to although no stream listens to it, until what it resolves with is called. */
  async observe(channel: string): Promise<() => void> {
    this.observers.set(channel, (this.observers.get(channel) ?? 0) + 1);
    let isOver = false;
    const stop = () => {
      if (isOver) return;
      isOver = true;
      const left = (this.observers.get(channel) ?? 1) - 1;
      if (left > 0) this.observers.set(channel, left);
      else this.observers.delete(channel);
      void this.letGo(channel);
    };
    try {
      await this.subscriptions.settle(channel);
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  async subscribe(connection: SseConnection, channel: string): Promise<void> {
    checkChannelName(channel);
    if (connection.joined.has(channel)) {
      // Another call may still be on its way there, and fail.
      await this.subscriptions.settle(channel);
      if (connection.joined.has(channel)) return;
    }
    await this.authorization.check(connection, [channel]);
    this.checkRoom(connection);
    this.checkEngine(channel);
    await this.joinLate(connection, [channel]);
  }

  async unsubscribe(connection: SseConnection, channel: string): Promise<void> {
    checkChannelName(channel);
    await this.leave(connection, [channel]);
  }

  /**
   * The connection's identity has changed: audiences follow, and every channel is asked about anew. One after the other;
   * but what it has lost as an audience is gone at once, since nobody needs to be asked.
   */
  async renew(connection: SseConnection, changed: SseIdentity): Promise<void> {
    const identity = renewedIdentity(connection.identity, changed);
    this.registry.renew(connection, identity);
    const lost = this.leave(connection, this.audiencesLost(connection, identity));
    const previous = this.renewals.get(connection) ?? Promise.resolve();
    const renewal = previous.then(() => this.follow(connection, identity));
    this.renewals.set(
      connection,
      renewal.catch(() => undefined),
    );
    await Promise.all([lost, renewal]);
  }

  private audiencesLost({ joined, listen }: SseConnection, identity: SseIdentity): string[] {
    const audiences = audiencesOf(listen, identity, this.options.permissions);
    return [...joined].filter((name) => isAudience(name) && !audiences.includes(name));
  }

  private async follow(connection: SseConnection, identity: SseIdentity): Promise<void> {
    // A newer identity has come meanwhile, and is followed next.
    if (connection.identity !== identity) return;
    for (const channel of [...connection.joined].filter((name) => !isAudience(name))) {
      if (!(await this.authorization.mayListen(identity, channel))) await this.leave(connection, [channel]);
    }
    if (connection.isClosed || connection.identity !== identity) return;
    await this.joinLate(connection, audiencesOf(connection.listen, identity, this.options.permissions));
  }

  /** The connection has ended. */
  release(connection: SseConnection): void {
    for (const channel of connection.joined) {
      this.registry.leave(connection, channel);
      void this.subscriptions.settle(channel);
    }
  }

  /**
   * An open stream is owed nothing of a channel from before it came to it, and its cursor says so: the node's position is
   * behind it when all is subscribed to.
   */
  private async joinLate(connection: SseConnection, names: readonly string[]): Promise<void> {
    const added = names.filter((name) => !connection.joined.has(name));
    const { reading } = connection;
    // A stream that opens is owed what its client missed of all channels that it has by then.
    if (!reading || !connection.isOpen) {
      await this.join(connection, added);
      return;
    }
    for (const name of added) reading.joined(name, Infinity);
    await this.join(connection, added);
    const { sequence } = this.debts.position;
    for (const name of added) if (connection.joined.has(name)) reading.joined(name, sequence);
    const checkpoint = this.catchUp.checkpoint(connection);
    if (checkpoint && !connection.isClosed) connection.deliverControl(checkpoint);
  }

  /** Whoever hears of a join may end the connection at once: then the rest is left out. */
  private join(connection: SseConnection, names: readonly string[]): Promise<void> | undefined {
    let pending: Promise<void>[] | undefined;
    for (const name of names) {
      this.registry.join(connection, name);
      const settled = this.subscriptions.settle(name);
      if (settled) (pending ??= []).push(settled);
    }
    return pending && this.settle(connection, names, pending);
  }

  private async settle(
    connection: SseConnection,
    names: readonly string[],
    pending: readonly Promise<void>[],
  ): Promise<void> {
    if (this.backplane.health.status === 'down') {
      await this.untilSubscribed(connection, names);
      return;
    }
    const results = await Promise.allSettled(pending);
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    await this.leave(connection, names);
    throw failed.reason;
  }

  /** Looks again and again: promises of those who come and go would pile up at an engine that is away. */
  private async untilSubscribed(connection: SseConnection, names: readonly string[]): Promise<void> {
    while (!connection.isClosed && !names.every((name) => this.subscriptions.isSettled(name)))
      await this.engine.pause();
  }

  /** Nothing is delivered any more once the registry knows. */
  private async leave(connection: SseConnection, names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.registry.leave(connection, name);
      connection.joined.delete(name);
      connection.reading?.left(name);
    }
    await Promise.all(names.map((name) => this.letGo(name)));
  }

  /** A backplane that can't be told now is told later: for those who left nothing depends on it. */
  private async letGo(channel: string): Promise<void> {
    try {
      await this.subscriptions.settle(channel);
    } catch (error) {
      this.logger.warn(`Unsubscribing from ${clientText(channel)} failed: ${errorText(error)}`);
    }
  }

  /** An open stream is not left waiting for an engine that is away: the caller hears it. */
  private checkEngine(channel: string): void {
    const { status, reason = 'its engine does not answer' } = this.backplane.health;
    if (status === 'up') return;
    throw new SseBackplaneError(`The channel ${channel} can't be subscribed to: ${reason}. Try again later.`);
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
