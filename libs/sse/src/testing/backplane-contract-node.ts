import assert from 'node:assert/strict';
import { type Backplane, type BackplaneNode, type Loss, type NodeCommand } from '../backplane/backplane.js';
import { type ChannelMessage, type PassedMessage, type Published } from '../backplane/channel-message.js';
import { type PresenceEvent } from '../backplane/presence-port.js';

/** How long a case waits for something that has to come, in milliseconds. Never a pass mark: only the end of patience. */
export const PATIENCE = 20_000;

/** A node that writes down what its backplane tells it, and what of it breaks the rules that hold for every case. */
export class ContractNode implements BackplaneNode {
  readonly delivered: PassedMessage[] = [];
  readonly losses: Loss[] = [];
  readonly presences: PresenceEvent[] = [];
  readonly commands: NodeCommand[] = [];
  /** What it was told, of whatever kind, in words and in order. */
  readonly journal: string[] = [];
  readonly violations: string[] = [];
  /** What it does when it is given a message, after writing it down. */
  onDeliver: (message: PassedMessage) => void = () => undefined;
  onExecute: (command: NodeCommand) => Promise<void> = () => Promise.resolve();
  private sequence = 0;
  private readonly lasts = new Map<string, number>();
  private readonly watchers = new Set<() => void>();

  private isClosed = false;

  constructor(
    readonly id: string,
    readonly backplane: Backplane,
  ) {}

  /** Once, as the port says, however often it is called. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.backplane.close();
  }

  publish(channel: string, data: string, more: Partial<ChannelMessage> = {}): Promise<Published> {
    return this.backplane.publish({ channel, data, ...more });
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.backplane.unsubscribe(channel);
    this.lasts.delete(channel);
  }

  deliver(message: PassedMessage): void {
    this.check(message);
    this.delivered.push(message);
    this.journal.push(`message ${message.data ?? ''}`);
    this.onDeliver(message);
    this.wake();
  }

  lost(loss: Loss): void {
    this.losses.push(loss);
    this.told(`loss ${loss.reason}`);
  }

  buried(): void {
    return;
  }

  resumed(): void {
    this.wake();
  }

  presence(event: PresenceEvent): void {
    this.presences.push(event);
    this.told(`${event.type} ${event.userId}`);
  }

  async execute(command: NodeCommand): Promise<void> {
    this.commands.push(command);
    this.told(`command ${command.name}`);
    await this.onExecute(command);
  }

  /** The data of what was delivered of a channel. */
  dataOf(channel: string): (string | undefined)[] {
    return this.delivered.filter((message) => message.channel === channel).map(({ data }) => data);
  }

  /** Waits until it was told of enough. */
  async until(what: string, condition: () => boolean): Promise<void> {
    if (condition()) return;
    let watcher: (() => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        watcher = () => {
          if (condition()) resolve();
        };
        this.watchers.add(watcher);
        timer = setTimeout(() => reject(new assert.AssertionError({ message: this.complaint(what) })), PATIENCE);
      });
    } finally {
      if (watcher) this.watchers.delete(watcher);
      clearTimeout(timer);
    }
  }

  /** Waits until messages with these data have been delivered, then compares all of the channel with them. */
  async untilDelivered(channel: string, data: readonly string[]): Promise<void> {
    await this.until(`${data.length} messages of ${channel}`, () => this.dataOf(channel).length >= data.length);
    assert.deepEqual(this.dataOf(channel), data);
  }

  private complaint(what: string): string {
    return `${this.id} waited for ${what} in vain. It was told: ${this.journal.join(', ') || 'nothing'}.`;
  }

  private told(entry: string): void {
    this.journal.push(entry);
    this.wake();
  }

  private wake(): void {
    for (const watcher of this.watchers) watcher();
  }

  /** Numbers grow over all channels, each once, and none of a channel is left out. */
  private check(message: PassedMessage): void {
    const { channel, sequence, previous, id } = message;
    if (message.ephemeral) {
      if (id !== undefined || sequence !== 0) this.violations.push(`the ephemeral "${message.data}" has an id`);
      return;
    }
    if (sequence <= this.sequence) this.violations.push(`number ${sequence} came after ${this.sequence}`);
    if (!id?.endsWith(`-${sequence}`)) this.violations.push(`the id of number ${sequence} is ${id}`);
    const last = this.lasts.get(channel);
    if (last !== undefined && previous !== last) {
      this.violations.push(
        `number ${sequence} of ${channel} came after ${last}, and says that ${previous} was before it`,
      );
    }
    this.sequence = sequence;
    this.lasts.set(channel, sequence);
  }
}
