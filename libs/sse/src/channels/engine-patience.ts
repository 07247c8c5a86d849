import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type Backplane } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { jitter } from '../connections/jitter.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type LogPosition } from '../protocol/event-id.js';
import { SentAway } from './sent-away.js';

/**
 * What streams do while the engine behind the backplane is away: a client that comes meanwhile is let in, gets heartbeats,
 * and what it missed when the engine is back; beyond a bound it is sent away, and told when to come again.
 */
@Injectable()
export class EnginePatience {
  /** How long a stream stays open for an engine that is away, in milliseconds: then its client is better off elsewhere. */
  limit = 30_000;
  /** How often the engine is asked again meanwhile. */
  askAgain = 500;
  /** How long a stream waits to open until its channels are subscribed to. */
  openWait = 1_000;

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly sentAway: SentAway,
  ) {}

  /** Where this node stands, unless the engine is away. */
  get position(): LogPosition | undefined {
    return this.backplane.position;
  }

  sync(): Promise<LogPosition> {
    return this.backplane.sync();
  }

  /** Waits for what a stream needs before it opens, unless the engine is away. What it fails with is thrown. */
  atOpening(needed: Promise<void> | undefined): Promise<void> | undefined {
    return needed && this.needed(needed);
  }

  private async needed(needed: Promise<void>): Promise<void> {
    needed.catch(() => undefined);
    if (await settlesSoon(needed)) return needed;
    if (this.backplane.health.status === 'up')
      await Promise.race([needed, delay(this.openWait, undefined, { ref: false })]);
  }

  /** Waits until all channels are subscribed to, or patience ends. */
  async subscribed(joined: Promise<void> | undefined): Promise<void> {
    if (!joined) return;
    if (await settlesSoon(joined)) return joined;
    const enough = new AbortController();
    const late = delay(this.limit, undefined, { signal: enough.signal, ref: false }).then(() => {
      throw new SseBackplaneError(`The engine behind the backplane did not answer within ${this.limit} ms.`);
    });
    late.catch(() => undefined);
    try {
      await Promise.race([joined, late]);
    } finally {
      enough.abort();
    }
  }

  /** Tries until it succeeds, the connection ends, or patience does. */
  async persist<T>(connection: SseConnection, attempt: () => Promise<T>): Promise<T> {
    let end = Infinity;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const now = monotonicNow();
        end = Math.min(end, now + this.limit);
        if (connection.isClosed || now >= end) throw error;
        await this.pause();
      }
    }
  }

  /** Those who wait for the engine do not all ask in the same moment. */
  async pause(): Promise<void> {
    await delay(jitter(this.askAgain, 0.5, 0.5), undefined, { ref: false });
  }

  sendAway(connection: SseConnection, error: unknown): void {
    if (connection.isClosed) return;
    this.sentAway.add(connection, error);
    const retry = jitter(connection.settings.connections.retryAfter, 0.5, 0.5);
    connection.finish({ reason: 'error', manner: 'farewell', text: 'backplane', retry });
  }
}

/** Turns of the queue of microtasks: an in-process backplane needs fewer for all its promises. */
const SOON = 16;

/** A backplane in this process answers within this turn of the event loop: that needs no timer for each stream. */
async function settlesSoon(promise: Promise<void>): Promise<boolean> {
  const state = { isSettled: false };
  const settled = () => {
    state.isSettled = true;
  };
  promise.then(settled, settled);
  for (let turn = 0; turn < SOON && !state.isSettled; turn++) await Promise.resolve();
  return state.isSettled;
}
