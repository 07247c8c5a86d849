import { Logger } from '@nestjs/common';
import {
  type NodeLease,
  type PresenceEntry,
  type PresencePort,
  type PresenceUpdate,
} from '../backplane/presence-port.js';
import { textOf } from './error-cause.js';
import { type RedisCommands } from './redis-commands.js';
import {
  EXPIRE_SCRIPT,
  LEAVE_SCRIPT,
  MEMBERS_SCRIPT,
  NODES_SCRIPT,
  RENEW_SCRIPT,
  SEATS_SCRIPT,
} from './scripts/presence.js';

/** Seats that are told, or removed, by one script. */
const SEATS_AT_ONCE = 250;
/** After the application has closed, its members leave so soon, in milliseconds: a restart is no leave. */
const GRACE = 10_000;
/** What a node says of itself, however often, goes out after so many milliseconds. */
const SOON = 500;

/**
 * Who is in which channel. What this node has is kept here and told to Redis, under a lease that is renewed: whatever
 * Redis could not be told, or has lost, is told when it answers.
 */
export class RedisPresence implements PresencePort {
  private readonly logger = new Logger('SseRedis');
  /** What this node has, by channel and user. */
  private readonly seats = new Map<string, PresenceUpdate>();
  /** What Redis has not been told. */
  private readonly untold = new Map<string, PresenceUpdate>();
  private payload = 'null';
  private telling: Promise<void> | undefined;
  private renewing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Until what this node says of itself goes out. */
  private soon: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly nodeId: string,
    private readonly commands: RedisCommands,
    private readonly lease: number,
  ) {
    commands.onUp(() => void this.renew());
  }

  open(): void {
    this.timer = setInterval(() => void this.renew(), this.lease / 3).unref();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    clearTimeout(this.soon);
    // If Redis is away, the lease ends by itself.
    if (!this.commands.client) return;
    await this.renewing;
    await this.commands.run(LEAVE_SCRIPT, [this.nodeId, String(Math.min(this.lease, GRACE))]).catch(() => undefined);
  }

  async updatePresence(updates: readonly PresenceUpdate[]): Promise<void> {
    for (const update of updates) {
      const key = keyOf(update);
      if (update.connections > 0) this.seats.set(key, update);
      else this.seats.delete(key);
      this.untold.set(key, update);
    }
    await this.tell();
  }

  async members(channel: string): Promise<PresenceEntry[]> {
    const { rest } = await this.commands.run(MEMBERS_SCRIPT, [channel]);
    const [fields, leased] = rest as [string[], string[]];
    const alive = new Set(leased);
    const members = new Map<string, PresenceEntry>();
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const [node, userId] = splitAtSpace(fields[index]);
      if (!alive.has(node)) continue;
      const [connections, since] = splitAtSpace(fields[index + 1]).map(Number) as [number, number];
      const known = members.get(userId) ?? { userId, connections: 0, since };
      members.set(userId, {
        userId,
        connections: known.connections + connections,
        since: Math.min(known.since, since),
      });
    }
    return [...members.values()];
  }

  describeNode(payload: unknown): void {
    const text = JSON.stringify(payload ?? null);
    if (text === this.payload) return;
    this.payload = text;
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.renew();
    }, SOON).unref();
  }

  async nodes(): Promise<NodeLease[]> {
    const { rest } = await this.commands.run(NODES_SCRIPT);
    const [words] = rest as [string[]];
    const nodes: NodeLease[] = [];
    for (let index = 0; index + 1 < words.length; index += 2) {
      nodes.push({ id: words[index] ?? '', payload: payloadOf(words[index + 1]) });
    }
    return nodes;
  }

  /** Renews the lease, and removes the members of nodes that did not renew theirs. */
  private renew(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    this.renewing ??= this.renewOnce()
      .catch((error: unknown) => this.logger.debug(`The lease was not renewed: ${textOf(error)}`))
      .finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async renewOnce(): Promise<void> {
    if (!this.commands.client) return;
    await this.secureLease();
    await this.expire();
    await this.tell();
  }

  /** A lease that ended is given up first, so that whoever left by that has left for everybody. */
  private async secureLease(): Promise<void> {
    let answer = await this.renewLease();
    while (answer === 'expired' && !this.isClosed) {
      await this.expire();
      answer = await this.renewLease();
    }
    if (answer === 'new') for (const [key, seat] of this.seats) this.untold.set(key, seat);
  }

  private async renewLease(): Promise<unknown> {
    const { rest } = await this.commands.run(RENEW_SCRIPT, [this.nodeId, String(this.lease), this.payload]);
    return rest[0];
  }

  private async expire(): Promise<void> {
    for (let remaining = 1; remaining > 0 && !this.isClosed;) {
      remaining = Number((await this.commands.run(EXPIRE_SCRIPT, [String(SEATS_AT_ONCE)])).rest[0]);
    }
  }

  /** One after the other, so that of two changes to one seat the later holds. */
  private async tell(): Promise<void> {
    while (this.untold.size > 0) {
      this.telling ??= this.tellSome().finally(() => (this.telling = undefined));
      await this.telling;
    }
  }

  private async tellSome(): Promise<void> {
    const batch = [...this.untold].slice(0, SEATS_AT_ONCE);
    for (const [key] of batch) this.untold.delete(key);
    try {
      const words = batch.flatMap(([, { channel, userId, connections, since }]) => [
        channel,
        userId,
        connections,
        since,
      ]);
      const { rest } = await this.commands.run(SEATS_SCRIPT, [this.nodeId, ...words.map(String)]);
      if (rest[0] === 'done') return;
    } catch (error) {
      this.tellAgain(batch);
      throw error;
    }
    this.tellAgain(batch);
    await this.secureLease();
  }

  private tellAgain(batch: readonly (readonly [string, PresenceUpdate])[]): void {
    for (const [key, update] of batch) if (!this.untold.has(key)) this.untold.set(key, update);
  }
}

function keyOf({ channel, userId }: PresenceUpdate): string {
  return `${channel.length}:${channel}${userId}`;
}

function splitAtSpace(text = ''): [string, string] {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

function payloadOf(text = 'null'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
