import {
  type BackplaneHealth,
  type BackplaneNode,
  type BackplaneSettings,
  type ChannelHistory,
  type LogPosition,
  type Loss,
  type Subscribed,
} from 'nestjs-event-stream';
import { InProcessBackplane } from '../../libs/sse/src/backplane/in-process-backplane.js';

/** What a call waits for, or fails by, before it takes effect. */
type Obstacle = (channel: string) => Promise<void> | undefined;

/** A backplane of one node whose engine is as slow, and as often away, as a test wants. */
export class FakeBackplane extends InProcessBackplane {
  readonly subscribed = new Set<string>();
  /** Channels whose history was read, in order. */
  readonly read: string[] = [];
  /** Nothing can be said of it: its position is unknown, its health is down. */
  isAway = false;
  beforeSubscribe: Obstacle = () => undefined;
  beforeUnsubscribe: Obstacle = () => undefined;
  beforeHistory: Obstacle = () => undefined;
  beforeSync: () => Promise<void> | undefined = () => undefined;
  private node: BackplaneNode | undefined;
  private elsewhere: LogPosition | undefined;

  override start(node: BackplaneNode, settings: BackplaneSettings): Promise<void> {
    this.node = node;
    return super.start(node, settings);
  }

  override get health(): BackplaneHealth {
    return this.isAway ? { status: 'down', reason: 'the engine is away' } : super.health;
  }

  override get position(): LogPosition | undefined {
    return this.isAway ? undefined : (this.elsewhere ?? super.position);
  }

  /** Not async: an obstacle that throws does so at once. */
  override subscribe(channel: string): Promise<Subscribed> {
    return Promise.resolve(this.beforeSubscribe(channel)).then(() => {
      this.subscribed.add(channel);
      return super.subscribe(channel);
    });
  }

  override unsubscribe(channel: string): Promise<void> {
    return Promise.resolve(this.beforeUnsubscribe(channel)).then(() => {
      this.subscribed.delete(channel);
      return super.unsubscribe(channel);
    });
  }

  override history(channel: string): Promise<ChannelHistory> {
    this.read.push(channel);
    return Promise.resolve(this.beforeHistory(channel)).then(async () => {
      const history = await super.history(channel);
      return this.elsewhere ? { epoch: this.elsewhere.epoch, messages: [], completeAfter: 0 } : history;
    });
  }

  override sync(): Promise<LogPosition> {
    return Promise.resolve(this.beforeSync()).then(() => this.elsewhere ?? super.sync());
  }

  /** Something can't be delivered any more. */
  lose(channels: readonly string[], reason: Loss['reason'] = 'backplane'): void {
    this.node?.lost({ channels, position: super.position!, reason });
  }

  /** The log becomes another one, which has come to this position. What is published from then on comes by `deliver()`. */
  beginAnew(position: LogPosition): void {
    this.elsewhere = position;
    this.node?.lost({ channels: 'all', position, reason: 'epoch' });
  }

  /** An event of the log that has begun anew. */
  deliver(channel: string, data: string): string {
    const { epoch, sequence: previous } = this.elsewhere!;
    const sequence = previous + 1;
    this.elsewhere = { epoch, sequence };
    const id = `${epoch}-${sequence}`;
    this.node?.deliver({ channel, data, id, sequence, previous, age: 0 });
    return id;
  }
}
