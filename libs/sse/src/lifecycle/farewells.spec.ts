import { describe, expect, it, jest } from '@jest/globals';
import { type RawResponse } from '../transport/http-exchange.js';
import { type FarewellRules } from './farewell-plan.js';
import { Farewells, type FarewellSurroundings } from './farewells.js';

/** Two waves of one client each. */
const TWO_WAVES: FarewellRules = { timeout: 400, reconnectSpread: 0, maxReconnectsPerSecond: 1, retry: 3_000 };

interface Ending {
  reason: string;
  retry: number;
}

class FakeConnection {
  isClosed = false;
  readonly endings: Ending[] = [];

  finish(ending: Ending): void {
    this.isClosed = true;
    this.endings.push(ending);
  }
}

describe('Farewells', () => {
  it('gives every wave until the deadline, and not just the last', async () => {
    const { settle, surroundings } = surroundingsOf(2);

    await new Farewells(TWO_WAVES, surroundings).say();

    // Each wave, and whoever else is on his way in the end.
    expect(settle).toHaveBeenCalledTimes(3);
    for (const [time] of settle.mock.calls) expect(time).toBeLessThanOrEqual(TWO_WAVES.timeout);
    const [first, second] = settle.mock.calls.map(([time]) => time);
    expect(second).toBeLessThan(first!);
  });

  it('does not end anew who has left before his turn, nor count him', async () => {
    const { connections, surroundings } = surroundingsOf(2);

    const outcome = new Farewells(TWO_WAVES, surroundings).say();
    connections[1]!.isClosed = true;

    expect(await outcome).toEqual({ closed: 1, cut: 0 });
    expect(connections.map(({ endings }) => endings.length)).toEqual([1, 0]);
  });

  it('says the first wave in the turn that closes the door', () => {
    const { connections, close, surroundings } = surroundingsOf(1);

    void new Farewells(TWO_WAVES, surroundings).say();

    expect(close).toHaveBeenCalledTimes(1);
    expect(connections[0]!.isClosed).toBe(true);
  });

  it('takes off the time to come back what a late timer has taken', async () => {
    const { connections, surroundings } = surroundingsOf(2);
    const farewells = new Farewells(TWO_WAVES, surroundings);
    const returns = farewells.plan.waves.flatMap((wave) => wave.returns);

    await farewells.say();

    const { retry } = connections[1]!.endings[0]!;
    expect(retry).toBeLessThanOrEqual(returns[1]! - farewells.plan.waves[1]!.at + 1);
  });

  function surroundingsOf(count: number) {
    const connections = Array.from({ length: count }, () => new FakeConnection());
    const settle = jest.fn<(timeout: number) => Promise<void>>().mockResolvedValue();
    const close = jest.fn();
    const surroundings = {
      admission: { close, knocking: new Set<RawResponse>() },
      registry: { all: () => connections, opening: () => [] },
      linger: { settle, watch: jest.fn() },
    } as unknown as FarewellSurroundings;
    return { connections, settle, close, surroundings };
  }
});
