import { type NodeCommand } from '../backplane/backplane.js';
import { type ChannelMessage } from '../backplane/channel-message.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { type PublishQueue } from './publish-queue.js';

/** Names that neither an application nor an audience can have. */
const ALL_NODES = '$$nodes';
const ONE_NODE = '$$node.';

/** Kept of each channel of commands, whatever is kept of others: a node that was cut off runs them when it is back. */
const MAX_EVENTS = 1_024;
const MAX_AGE = 3_600_000;

/** Somebody who waits until his command was carried out here. */
interface Waiter {
  resolve(): void;
  reject(error: SseBackplaneError): void;
}

/** Commands to nodes: messages of the log, in channels of their own. */
export class CommandLog {
  private readonly waiting = new Map<string, Waiter>();
  private commands = 0;

  constructor(
    private readonly nodeId: string,
    private readonly publishes: PublishQueue,
    private readonly execute: (command: NodeCommand) => Promise<void>,
  ) {}

  /** What this node listens to. */
  get channels(): readonly string[] {
    return [ALL_NODES, ONE_NODE + this.nodeId];
  }

  static has(channel: string): boolean {
    return channel === ALL_NODES || channel.startsWith(ONE_NODE);
  }

  /** Resolves when the command was carried out here, or was sent to the node that it is for. */
  async command(command: NodeCommand, node: string | undefined): Promise<void> {
    const isForUs = node === undefined || node === this.nodeId;
    const token = `${this.nodeId}/${++this.commands}`;
    const done = isForUs ? this.executed(token) : undefined;
    const channel = node === undefined ? ALL_NODES : ONE_NODE + node;
    const text = JSON.stringify({ channel, data: JSON.stringify({ token, command }) });
    try {
      await this.publishes.publish({ channel, text, isRecorded: true, maxEvents: MAX_EVENTS, maxAge: MAX_AGE });
    } catch (error) {
      this.waiting.delete(token);
      throw error;
    }
    await done;
  }

  /** A command has come. */
  receive({ data = '' }: ChannelMessage): void {
    const { token, command } = JSON.parse(data) as { token: string; command: NodeCommand };
    const waiter = this.waiting.get(token);
    this.waiting.delete(token);
    // What goes wrong is in the node's log.
    const done = () => waiter?.resolve();
    this.execute(command).then(done, done);
  }

  /** Commands up to now may not come any more. */
  lose(): void {
    this.rejectAll(new SseBackplaneError('It is not known whether the command was carried out: the log was lost.'));
  }

  close(): void {
    this.rejectAll(new SseBackplaneError('The command was not carried out here: the application is shutting down.'));
  }

  private executed(token: string): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.waiting.set(token, { resolve, reject }));
    // If it can't even be published, that error is the one to tell.
    done.catch(() => undefined);
    return done;
  }

  private rejectAll(error: SseBackplaneError): void {
    const waiters = [...this.waiting.values()];
    this.waiting.clear();
    for (const waiter of waiters) waiter.reject(error);
  }
}
