import { type LogPosition } from '../protocol/event-id.js';
import {
  type Backplane,
  type BackplaneHealth,
  type BackplaneNode,
  type BackplaneSettings,
  type NodeCommand,
} from './backplane.js';
import { type ChannelMessage, type Published } from './channel-message.js';
import { type ChannelHistory, type Subscribed } from './event-log.js';
import { ExpirySweep } from './expiry-sweep.js';
import { engineNow } from './in-process-clock.js';
import { InProcessLog } from './in-process-log.js';
import { InProcessPresence } from './in-process-presence.js';
import { InProcessQueues } from './in-process-queues.js';
import { InProcessRecords } from './in-process-records.js';
import { type NodeLease, type PresenceEntry, type PresenceUpdate } from './presence-port.js';
import { type DeadLetter, type QueuedMessage } from './queue-port.js';
import { SseBackplaneError } from './sse-backplane-error.js';

/** What there is from start to close. */
interface Running {
  readonly node: BackplaneNode;
  readonly log: InProcessLog;
  readonly presence: InProcessPresence;
  readonly queues: InProcessQueues;
  readonly records: InProcessRecords;
  readonly sweep: ExpirySweep;
}

/**
 * The backplane of an application with one node: nothing to install, and nothing that outlives the process.
 *
 * It delivers before `publish()` returns, so that calls that are not awaited keep their order.
 */
export class InProcessBackplane implements Backplane {
  private running: Running | undefined;
  private whyNot = 'the application has not started yet';
  private payload: unknown = null;

  start(node: BackplaneNode, settings: BackplaneSettings): Promise<void> {
    const log = new InProcessLog(node, settings.history);
    const records = new InProcessRecords();
    const queues = new InProcessQueues(settings.messageQueue, (dead) => node.buried(dead));
    this.running = {
      node,
      log,
      records,
      presence: new InProcessPresence(),
      queues,
      sweep: new ExpirySweep([log, records, queues]),
    };
    return Promise.resolve();
  }

  get health(): BackplaneHealth {
    return this.running ? { status: 'up' } : { status: 'down', reason: this.whyNot };
  }

  publish(message: ChannelMessage, options?: { readonly idempotencyKey?: string }): Promise<Published> {
    return this.run('publish', ({ log, sweep }) => {
      sweep.wake();
      return published(log.publish(message, options?.idempotencyKey, engineNow()));
    });
  }

  subscribe(channel: string): Promise<Subscribed> {
    return this.run('subscribe', ({ log }) => log.subscribe(channel));
  }

  unsubscribe(channel: string): Promise<void> {
    return this.run('unsubscribe', ({ log }) => log.unsubscribe(channel));
  }

  get position(): LogPosition | undefined {
    return this.running?.log.position;
  }

  sync(): Promise<LogPosition> {
    // In its turn everything before it has been delivered.
    return this.run('sync', ({ log }) => new Promise((resolve) => log.inTurn(() => resolve(log.position))));
  }

  history(channel: string): Promise<ChannelHistory> {
    return this.run('history', ({ log }) => log.of(channel, engineNow()));
  }

  command(command: NodeCommand, only?: string): Promise<void> {
    return this.run('command', async ({ node, log }) => {
      if (only !== undefined && only !== node.id) return;
      await new Promise<void>((resolve, reject) => {
        log.inTurn(() => void carryOut(node, command).then(resolve, reject));
      });
    });
  }

  updatePresence(updates: readonly PresenceUpdate[]): Promise<void> {
    return this.run('updatePresence', ({ node, log, presence }) => {
      for (const update of updates) {
        const event = presence.update(update);
        if (!event) continue;
        log.inTurn(() => {
          if (log.isSubscribed(event.channel)) node.presence(event);
        });
      }
    });
  }

  members(channel: string): Promise<PresenceEntry[]> {
    return this.run('members', ({ presence }) => presence.members(channel));
  }

  describeNode(payload: unknown): void {
    this.payload = payload;
  }

  nodes(): Promise<NodeLease[]> {
    return this.run('nodes', ({ node }) => [{ id: node.id, payload: this.payload }]);
  }

  enqueue(
    userId: string,
    message: ChannelMessage,
    options?: { readonly idempotencyKey?: string },
  ): Promise<Published & { readonly dead: readonly DeadLetter[] }> {
    return this.run('enqueue', ({ log, queues, sweep }) => {
      sweep.wake();
      const now = engineNow();
      let dead: DeadLetter[] = [];
      const recorded = { ...message, ephemeral: undefined, queued: true };
      const id = log.publish(recorded, options?.idempotencyKey, now, (passed) => {
        dead = queues.add(userId, passed, now);
      });
      return { ...published(id), dead };
    });
  }

  queued(
    userId: string,
    after: number,
    limit: number,
  ): Promise<{ messages: readonly QueuedMessage[]; hasMore: boolean; dead: readonly DeadLetter[] }> {
    return this.run('queued', ({ queues }) => queues.next(userId, after, limit, engineNow()));
  }

  attempt(userId: string, sequences: readonly number[]): Promise<readonly DeadLetter[]> {
    return this.run('attempt', ({ queues }) => queues.attempt(userId, sequences));
  }

  taken(userId: string, { epoch, sequence }: LogPosition): Promise<number> {
    return this.run('taken', ({ log, queues }) => (log.position.epoch === epoch ? queues.remove(userId, sequence) : 0));
  }

  queueSize(userId: string): Promise<number> {
    return this.run('queueSize', ({ queues }) => queues.size(userId, engineNow()));
  }

  clearQueue(userId: string): Promise<number> {
    return this.run('clearQueue', ({ queues }) => queues.remove(userId, Infinity));
  }

  put(key: string, value: string, options: { readonly ttl: number; readonly ifAbsent?: boolean }): Promise<boolean> {
    return this.run('put', ({ records, sweep }) => {
      sweep.wake();
      return records.put(key, value, options, engineNow());
    });
  }

  get(key: string): Promise<string | undefined> {
    return this.run('get', ({ records }) => records.get(key, engineNow()));
  }

  take(key: string): Promise<string | undefined> {
    return this.run('take', ({ records }) => records.take(key, engineNow()));
  }

  count(key: string, window: number): Promise<{ readonly count: number; readonly remaining: number }> {
    return this.run('count', ({ records, sweep }) => {
      sweep.wake();
      return records.count(key, window, engineNow());
    });
  }

  close(): Promise<void> {
    this.running?.log.close();
    this.running?.sweep.stop();
    this.running = undefined;
    this.whyNot = 'the application has closed';
    return Promise.resolve();
  }

  /** At once, in the caller's turn. */
  private run<T>(verb: string, act: (running: Running) => T | Promise<T>): Promise<T> {
    const { running } = this;
    if (!running)
      return Promise.reject(new SseBackplaneError(`The in-process backplane can't ${verb}: ${this.whyNot}.`));
    return new Promise((resolve) => resolve(act(running)));
  }
}

function published(id: string | undefined): Published {
  return id === undefined ? {} : { id };
}

/** However the node fails, its caller hears it by the promise. */
async function carryOut(node: BackplaneNode, command: NodeCommand): Promise<void> {
  await node.execute(command);
}
