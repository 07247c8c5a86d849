import {
  type Backplane,
  type BackplaneNode,
  type BackplaneSettings,
  type Loss,
  type NodeCommand,
} from 'nestjs-event-stream';
import { type PassedMessage, type PresenceEvent } from 'nestjs-event-stream';
import { redisBackplane, type RedisBackplaneOptions } from 'nestjs-event-stream/redis';

const PATIENCE = 15_000;

const SETTINGS: BackplaneSettings = {
  history: { maxEvents: 10_000, maxAge: 300_000, maxTotalBytes: 1_000_000 },
  messageQueue: { maxPerUser: 1_000, ttl: 3_600_000, maxAttempts: 3, maxTotalBytes: 1_000_000 },
};

/** A node that writes down what its backplane tells it, and what of that breaks the rules. */
export class RecordingNode implements BackplaneNode {
  readonly delivered: PassedMessage[] = [];
  readonly losses: Loss[] = [];
  readonly presences: PresenceEvent[] = [];
  readonly commands: NodeCommand[] = [];
  readonly violations: string[] = [];
  /** How often the engine answered again. */
  returns = 0;
  private highest = 0;
  private readonly lostThrough = new Map<string, number>();
  private readonly watchers = new Set<() => void>();

  private constructor(
    readonly id: string,
    readonly backplane: Backplane,
  ) {}

  static async start(id: string, options: RedisBackplaneOptions, history = {}): Promise<RecordingNode> {
    const node = new RecordingNode(id, redisBackplane(options));
    await node.backplane.start(node, { ...SETTINGS, history: { ...SETTINGS.history, ...history } });
    return node;
  }

  deliver(message: PassedMessage): void {
    const { channel, sequence, ephemeral } = message;
    const passed = Math.max(this.highest, this.lostThrough.get(channel) ?? 0);
    if (!ephemeral && sequence <= passed) this.violations.push(`${sequence} of ${channel} came after ${passed}`);
    this.highest = Math.max(this.highest, sequence);
    this.delivered.push(message);
    this.wake();
  }

  lost(loss: Loss): void {
    // What was lost is not delivered afterwards.
    const { channels, position } = loss;
    if (channels === 'all') this.highest = position.sequence;
    else for (const channel of channels) this.lostThrough.set(channel, position.sequence);
    this.losses.push(loss);
    this.wake();
  }

  buried(): void {
    return;
  }

  resumed(): void {
    this.returns++;
    this.wake();
  }

  presence(event: PresenceEvent): void {
    this.presences.push(event);
    this.wake();
  }

  execute(command: NodeCommand): Promise<void> {
    this.commands.push(command);
    this.wake();
    return Promise.resolve();
  }

  publish(channel: string, data: string): Promise<{ id?: string }> {
    return this.backplane.publish({ channel, data });
  }

  get data(): (string | undefined)[] {
    return this.delivered.map(({ data }) => data);
  }

  /** Waits until it was told enough. */
  async until(what: string, condition: () => boolean): Promise<void> {
    let watcher: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        watcher = () => {
          if (condition()) resolve();
        };
        this.watchers.add(watcher);
        timer = setTimeout(() => reject(new Error(`${this.id} waited for ${what} in vain`)), PATIENCE);
        watcher();
      });
    } finally {
      clearTimeout(timer);
      this.watchers.delete(watcher);
    }
  }

  private wake(): void {
    for (const watcher of this.watchers) watcher();
  }
}

/** Asks again and again, for what only time brings about. */
export async function eventually<T>(what: string, probe: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`Waited for this in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
