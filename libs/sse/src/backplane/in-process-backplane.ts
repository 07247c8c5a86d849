import { Logger } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';
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
  private readonly logger = new Logger('SseBackplane');
  private sequence = 0;
  private readonly subscriptions = new Set<string>();
  private readonly undelivered: ChannelMessage[] = [];
  private node: BackplaneNode | undefined;

  start(node: BackplaneNode): Promise<void> {
    this.node = node;
    return Promise.resolve();
  }

  publish(message: ChannelMessage): Promise<Published> {
    if (!this.node) return this.notRunning('publish');
    const id = message.ephemeral ? undefined : `${this.epoch}-${++this.sequence}`;
    this.deliver(id === undefined ? message : { ...message, id });
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

  /**
   * What is published while an event is being delivered, by somebody who saw a connection end on it, comes after it: else
   * the listeners behind that connection would get the two in the wrong order.
   */
  private deliver(message: ChannelMessage): void {
    this.undelivered.push(message);
    if (this.undelivered.length > 1) return;
    for (let next: ChannelMessage | undefined = message; next; next = this.undelivered[0]) {
      try {
        if (this.subscriptions.has(next.channel)) this.node?.deliver(next);
      } catch (error) {
        // Whoever published it is not to blame, and those who wait behind it are not to wait for ever.
        this.logger.error(`Delivering an event of ${next.channel} failed: ${errorText(error)}`, errorStack(error));
      }
      this.undelivered.shift();
    }
  }

  private notRunning(verb: string): Promise<never> {
    return Promise.reject(new SseBackplaneError(`The in-process backplane can't ${verb}: the application has closed.`));
  }
}
