import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { type Published } from '../backplane/channel-message.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { checkedIdentity, type SseIdentity } from '../options/sse-identity.js';
import { SseError } from '../protocol/sse-error.js';
import { type SseEvent } from '../protocol/sse-event.js';
import { filled } from './argument.js';
import { EVERYONE, permissionAudience, userAudience } from './audience.js';
import { type Channel, channelName, type NamedChannel } from './channel.js';
import { checkChannelName } from './channel-name.js';
import { type ConnectionTarget, type DisconnectTarget, type SseCommand, type TokenTarget } from './sse-command.js';
import { PublishTracing } from './publish-tracing.js';
import { SseRevocations } from './sse-revocations.js';
import { nodeOfConnection } from './connection-ids.js';
import { MessageEncoder } from './message-encoder.js';
import { MessageQueue } from './message-queue.js';
import { type AnyEvents, type EventOf } from './typed-events.js';
import { type PublishOptions, refuseOption } from './publish-options.js';

/**
 * Publishes events and steers connections, on whichever node they are. Injectable anywhere.
 *
 * Calls of one caller keep their order, also when they are not awaited. They fail with an `SseEventError` on an event
 * that can't be sent, and with an `SseBackplaneError` when the engine behind the backplane is away; no stream is touched
 * by either.
 *
 * @example
 * constructor(private readonly sse: SseBroadcaster) {}
 * async rename(room: string, name: string) {
 *   await this.sse.toChannel(`room.${room}`, { type: 'renamed', data: { name } });
 * }
 */
@Injectable()
export class SseBroadcaster {
  /** @internal Events that the engine has taken from this node. */
  published = 0;

  /** @internal */
  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly encoder: MessageEncoder,
    private readonly queue: MessageQueue,
    private readonly revocations: SseRevocations,
    private readonly tracing: PublishTracing,
  ) {}

  /** To everyone whose stream listens to channels. Streams with a source of their own hear it with `listen: { all: true }`. */
  async broadcast(event: SseEvent, options?: PublishOptions): Promise<Published> {
    return this.publish(EVERYONE, event, options);
  }

  /**
   * To everyone who listens to the channel. Where the channel has types, by {@link defineChannel}, only its events compile.
   */
  async toChannel<E = AnyEvents>(
    channel: string | Channel<E>,
    event: EventOf<NoInfer<E>>,
    options?: PublishOptions,
  ): Promise<Published> {
    return this.publish(checkedName(channel), event, options);
  }

  /**
   * To all streams of a user. With `queue` it also waits for him if he is away, and until it has arrived: see
   * {@link MessageQueue.enqueue}. Default: `false`.
   */
  async toUser(
    userId: string,
    event: SseEvent,
    { queue = false, ...options }: PublishOptions & { queue?: boolean } = {},
  ): Promise<Published> {
    if (typeof queue !== 'boolean') refuseOption(`queue is ${JSON.stringify(queue)}`, 'use true or false');
    if (queue) return this.queue.enqueue(userId, event, options);
    return this.publish(userAudience(filled(userId, 'userId')), event, options);
  }

  /** To the streams of all who hold a permission, and of admins where `permissions.adminHears` says so. */
  async toPermission(permission: string, event: SseEvent, options?: PublishOptions): Promise<Published> {
    return this.publish(permissionAudience(filled(permission, 'permission')), event, options);
  }

  /** To one connection, on whichever node it is. Nothing happens if it has ended. */
  async toConnection(connectionId: string, event: SseEvent): Promise<Published> {
    await this.command({
      name: 'send',
      connection: filled(connectionId, 'connectionId'),
      event: this.encoder.fields(event),
    });
    return {};
  }

  /**
   * Lets connections listen to a channel from now on, for as long as they live. Once it resolves, those of this node do.
   * `channels.authorize` is asked where the connection is; a no is logged there.
   */
  async subscribe(target: ConnectionTarget, channel: string | NamedChannel): Promise<void> {
    await this.command({ name: 'subscribe', target: checkedTarget(target), channel: checkedName(channel) });
  }

  /** Ends subscriptions that were made at run time or when the stream opened. */
  async unsubscribe(target: ConnectionTarget, channel: string | NamedChannel): Promise<void> {
    await this.command({ name: 'unsubscribe', target: checkedTarget(target), channel: checkedName(channel) });
  }

  /**
   * Ends connections for good. The client is told `reason`, by default the reason that the registry counts.
   *
   * A token, and all tokens that were issued to a user until now, open no stream any more; a newer token of the user does.
   * One connection alone may be followed by another. See {@link SseRevocations}.
   */
  async disconnect(target: DisconnectTarget, reason?: string): Promise<void> {
    const checked = checkedTarget(target);
    // First of all, so that nobody comes in between.
    const revocation = await this.revocations.revoke(checked);
    await this.command({ name: 'disconnect', target: checked, text: reason, revocation });
  }

  /**
   * Gives the user's open connections a new identity: audiences follow it, and all channels are authorised anew. What it
   * does not say of the token (`expiresAt`, `issuedAt`, `tokenId`) stays as it is. One with a `tokenId` is for the streams of
   * that token alone.
   */
  async updateIdentity(userId: string, identity: SseIdentity): Promise<void> {
    checkedIdentity(identity);
    if (identity.userId !== userId) {
      throw new SseError(
        'SSE_IDENTITY',
        `The new identity is of user ${JSON.stringify(identity.userId)}, not of ${JSON.stringify(userId)}: a connection stays with its user. Disconnect it instead.`,
      );
    }
    await this.command({ name: 'identity', userId, identity });
  }

  private async publish(channel: string, event: SseEvent, options: PublishOptions = {}): Promise<Published> {
    const message = this.encoder.message(channel, event, options);
    const published = await this.tracing.publish(message, () => this.backplane.publish(message, options));
    this.published++;
    return published;
  }

  /** Only the node of a connection can do something with it. */
  private async command(command: SseCommand): Promise<void> {
    const connection = connectionOf(command);
    const node = connection === undefined ? undefined : nodeOfConnection(connection);
    if (connection === undefined || node !== undefined) await this.backplane.command(command, node);
  }
}

/** The one connection that a command is about, if it is about one. */
function connectionOf(command: SseCommand): string | undefined {
  if (command.name === 'send') return command.connection;
  return 'target' in command && 'connection' in command.target ? command.target.connection : undefined;
}

function checkedName(channel: string | NamedChannel): string {
  const name = channelName(channel);
  checkChannelName(name);
  return name;
}

/** A target that names nobody must not be taken for everybody who has no such name. */
function checkedTarget<T extends DisconnectTarget>(target: T): T {
  const { expiresAt, ...named } = target as TokenTarget;
  const [[kind, name] = ['target', undefined], ...more] = Object.entries(named);
  if (
    expiresAt !== undefined &&
    (kind !== 'token' || !(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime()))
  )
    throw new SseError('SSE_ARGUMENT', `expiresAt is ${String(expiresAt)}: use a Date, beside a token.`);
  if (more.length > 0)
    throw new SseError('SSE_ARGUMENT', `The target ${JSON.stringify(target)} names more than one: use one key.`);
  filled(name, kind);
  return target;
}
