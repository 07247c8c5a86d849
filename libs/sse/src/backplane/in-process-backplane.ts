import { randomBytes } from 'node:crypto';
import {
  type Backplane,
  type BackplaneNode,
  type ChannelMessage,
  type NodeCommand,
  type Published,
} from './backplane.js';
import { SseBackplaneError } from './sse-backplane-error.js';

/**
 * The backplane of an application with one node: nothing to install, and nothing that outlives the process.
 *
 * It delivers before `publish()` returns, so that calls that are not awaited keep their order.
 */
export class InProcessBackplane implements Backplane {
  /** Names this log of events: numbers of another process must not be taken for numbers of this one. */
  private readonly epoch = randomBytes(6).toString('hex');
  private sequence = 0;
  private readonly subscriptions = new Set<string>();
  private node: BackplaneNode | undefined;

  start(node: BackplaneNode): Promise<void> {
    this.node = node;
    return Promise.resolve();
  }

  publish(message: ChannelMessage): Promise<Published> {
    if (!this.node) return this.notRunning('publish');
    const id = message.ephemeral ? undefined : `${this.epoch}-${++this.sequence}`;
    if (this.subscriptions.has(message.channel)) this.node.deliver(id === undefined ? message : { ...message, id });
    return Promise.resolve(id === undefined ? {} : { id });
  }

  subscribe(channel: string): Promise<void> {
    if (!this.node) return this.notRunning('subscribe');
    this.subscriptions.add(channel);
    return Promise.resolve();
  }

  unsubscribe(channel: string): Promise<void> {
    this.subscriptions.delete(channel);
    return Promise.resolve();
  }

  command(command: NodeCommand): Promise<void> {
    if (!this.node) return this.notRunning('command');
    return this.node.execute(command);
  }

  close(): Promise<void> {
    this.node = undefined;
    this.subscriptions.clear();
    return Promise.resolve();
  }

  private notRunning(verb: string): Promise<never> {
    return Promise.reject(
      new SseBackplaneError(
        `The in-process backplane can't ${verb}: it runs from the application's init() to its close(). Publish in onApplicationBootstrap() or later.`,
      ),
    );
  }
}
