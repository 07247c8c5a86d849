import {
  type Backplane,
  type BackplaneNode,
  type ChannelMessage,
  type NodeCommand,
  type Published,
} from 'nestjs-event-stream';

/** What a call waits for, or fails by, before it takes effect. */
type Obstacle = (channel: string) => Promise<void> | undefined;

/** A backplane of one node whose engine is as slow, and as often away, as a test wants. */
export class FakeBackplane implements Backplane {
  readonly subscribed = new Set<string>();
  beforeSubscribe: Obstacle = () => undefined;
  beforeUnsubscribe: Obstacle = () => undefined;
  private node: BackplaneNode | undefined;
  private sequence = 0;

  start(node: BackplaneNode): Promise<void> {
    this.node = node;
    return Promise.resolve();
  }

  publish(message: ChannelMessage): Promise<Published> {
    const id = `fake-${++this.sequence}`;
    if (this.subscribed.has(message.channel)) this.node?.deliver({ ...message, id });
    return Promise.resolve({ id });
  }

  /** Not async: an obstacle that throws does so at once. */
  subscribe(channel: string): Promise<void> {
    return Promise.resolve(this.beforeSubscribe(channel)).then(() => void this.subscribed.add(channel));
  }

  unsubscribe(channel: string): Promise<void> {
    return Promise.resolve(this.beforeUnsubscribe(channel)).then(() => void this.subscribed.delete(channel));
  }

  async command(command: NodeCommand): Promise<void> {
    await this.node?.execute(command);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
