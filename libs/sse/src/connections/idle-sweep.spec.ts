import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { withDefaults } from '../options/resolved-options.js';
import { type CloseReason } from './close-reason.js';
import { type ConnectionRegistry } from './connection-registry.js';
import { IdleSweep } from './idle-sweep.js';
import { monotonicNow } from './monotonic.js';
import { type SseConnection } from './sse-connection.js';
import { TimerWheel } from './timer-wheel.js';

/** A connection to which something was last written so long ago. */
class QuietConnection {
  isClosed = false;
  closedFor: CloseReason | undefined;
  readonly settings: object;

  constructor(
    private readonly quiet: number,
    private readonly looked: () => void,
    idleTimeout: number | null = 1_000,
  ) {
    this.settings = { connections: { idleTimeout } };
  }

  get progress() {
    this.looked();
    return { unflushed: 0, flushed: 0 };
  }

  get lastWrite() {
    return monotonicNow() - this.quiet;
  }

  close(reason: CloseReason): void {
    this.isClosed = true;
    this.closedFor = reason;
  }
}

describe('IdleSweep', () => {
  let looks: number;
  beforeEach(() => {
    looks = 0;
    jest.spyOn(Logger.prototype, 'log').mockReturnValue();
  });
  const look = () => {
    looks++;
  };

  function sweepOver(connections: QuietConnection[]): IdleSweep {
    const registry = {
      all: () => connections as unknown as SseConnection[],
      closed$: new Subject(),
      count: connections.length,
    };
    return new IdleSweep(withDefaults({}), registry as unknown as ConnectionRegistry, new TimerWheel());
  }

  it('closes those that nothing was written to for their idleTimeout, and says how many', async () => {
    const connections = [0, 2_000, 500, 3_000].map((quiet) => new QuietConnection(quiet, look));
    connections.push(new QuietConnection(9_000, look, null));
    expect(await sweepOver(connections).sweep()).toBe(2);
    expect(connections.map(({ closedFor }) => closedFor)).toEqual([undefined, 'idle', undefined, 'idle', undefined]);
  });

  it('lets the event loop have its turn between some of many, and passes over who has left meanwhile', async () => {
    const connections = Array.from({ length: 2_000 }, () => new QuietConnection(2_000, look));
    const last = connections.at(-1)!;
    let [before, most] = [0, 0];
    const turn = () => {
      most = Math.max(most, looks - before);
      if (before > 0) last.isClosed = true;
      before = looks;
      if (looks < 1_999) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await sweepOver(connections).sweep()).toBe(1_999);
    expect(most).toBeLessThanOrEqual(500);
    expect(last.closedFor).toBeUndefined();
  });
});
