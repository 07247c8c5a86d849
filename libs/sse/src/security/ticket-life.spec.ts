import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TicketCluster } from '../../../../test/harness/ticket-cluster.js';

const SECOND = 1_000;
const MINUTE = 60_000;

describe('A ticket', () => {
  let cluster: TicketCluster;
  beforeEach(async () => {
    Logger.overrideLogger(false);
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    cluster = await TicketCluster.start(2);
  });
  afterEach(async () => {
    await cluster.close();
    jest.useRealTimers();
    Logger.overrideLogger(['log', 'warn', 'error']);
  });

  /** Lets time pass in steps, so that what is due has its turn. */
  async function pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= SECOND) {
      jest.advanceTimersByTime(Math.min(left, SECOND));
      await cluster.settled();
    }
  }
  const opens = async (ticket: string, init = {}) => (await cluster.node(1).open(ticket, init)) !== undefined;

  it('waits for its first use for its time, and not beyond', async () => {
    const [early, late] = [await cluster.issue({ ttl: 30 * SECOND }), await cluster.issue({ ttl: 30 * SECOND })];
    await pass(29 * SECOND);
    expect(await opens(early)).toBe(true);
    await pass(2 * SECOND);
    expect(await opens(late)).toBe(false);
  });

  it('never lives longer than its identity', async () => {
    const expiresAt = new Date(Date.now() + 20 * SECOND);
    const [unused, used] = [await cluster.issue({}, { expiresAt }), await cluster.issue({}, { expiresAt })];
    const stream = await cluster.node(0).open(used);
    await pass(19 * SECOND);
    stream?.leave();
    await cluster.settled();
    await pass(2 * SECOND);
    for (const ticket of [unused, used]) expect(await opens(ticket)).toBe(false);
  });

  it('stays good as long as its stream is open, and five minutes after', async () => {
    const ticket = await cluster.issue();
    const stream = await cluster.node(0).open(ticket);
    await pass(20 * MINUTE);
    expect(await opens(ticket)).toBe(false);
    stream?.leave();
    await cluster.settled();
    await pass(4 * MINUTE + 59 * SECOND);
    const again = await cluster.node(1).open(ticket);
    expect(again?.id).toBeDefined();
    again?.leave();
    await cluster.settled();
    await pass(5 * MINUTE + SECOND);
    expect(await opens(ticket)).toBe(false);
  });

  it('is held while a stream takes long to open, and is what it was when that fails', async () => {
    const ticket = await cluster.issue({ ttl: 10 * MINUTE });
    const opening = cluster.node(0).open(ticket, { fails: true, opensAfter: pass(4 * MINUTE) });
    await pass(3 * MINUTE);
    expect(await opens(ticket)).toBe(false);
    await opening;
    await cluster.settled();
    expect(await opens(ticket)).toBe(true);
  });

  it('whose node has died without a word is free again after a minute and a half', async () => {
    const ticket = await cluster.issue();
    await cluster.node(0).open(ticket);
    await cluster.settled();
    cluster.node(0).isCut = true;
    await pass(80 * SECOND);
    expect(await opens(ticket)).toBe(false);
    await pass(15 * SECOND);
    expect(await opens(ticket)).toBe(true);
  });

  it('whose node has died is gone five minutes after that, and a little', async () => {
    const ticket = await cluster.issue();
    await cluster.node(0).open(ticket);
    await cluster.settled();
    cluster.node(0).isCut = true;
    await pass(6 * MINUTE + 31 * SECOND);
    expect(await opens(ticket)).toBe(false);
  });

  it('is still held by a stream whose node was cut off for less than that', async () => {
    const ticket = await cluster.issue();
    await cluster.node(0).open(ticket);
    await pass(45 * SECOND);
    for (let cut = 0; cut < 5; cut++) {
      cluster.node(0).isCut = true;
      await pass(25 * SECOND);
      cluster.node(0).isCut = false;
      await pass(15 * SECOND);
      expect(await opens(ticket)).toBe(false);
    }
  });

  it('is taken from a stream whose node was cut off for longer, which ends when the node is back', async () => {
    const ticket = await cluster.issue();
    const lost = await cluster.node(0).open(ticket);
    await cluster.settled();
    cluster.node(0).isCut = true;
    await pass(2 * MINUTE);
    const taken = await cluster.node(1).open(ticket);
    expect(cluster.openIds).toEqual([lost?.id, taken?.id]);

    cluster.node(0).isCut = false;
    await pass(20 * SECOND);

    expect(cluster.openIds).toEqual([taken?.id]);
    await pass(10 * MINUTE);
    expect(await opens(ticket)).toBe(false);
    taken?.leave();
    await cluster.settled();
    expect(await opens(ticket)).toBe(true);
  });

  it('that is good once is gone though the engine did not hear of its use at first', async () => {
    const ticket = await cluster.issue({ oneUse: true, ttl: 10 * MINUTE });
    const opening = cluster.node(0).open(ticket, { opened: () => (cluster.node(0).isCut = true) });
    const stream = await opening;
    await pass(5 * MINUTE);
    expect(await opens(ticket)).toBe(false);
    cluster.node(0).isCut = false;
    await pass(15 * SECOND);
    stream?.leave();
    await pass(11 * MINUTE);
    expect(await opens(ticket)).toBe(false);
  });
});
