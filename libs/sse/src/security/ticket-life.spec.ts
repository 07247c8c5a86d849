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

  it('is not used by a request that stood still while another one had it', async () => {
    const ticket = await cluster.issue({ ttl: 20 * MINUTE });
    const { promise, resolve } = withResolvers();
    const opening = cluster.node(0).open(ticket, { opensAfter: promise });
    await cluster.settled();
    cluster.node(0).isCut = true;
    await pass(2 * MINUTE);
    const stream = await cluster.node(1).open(ticket);
    cluster.node(0).isCut = false;

    resolve();

    expect((await opening)?.id).toBeUndefined();
    expect(cluster.openIds).toEqual([stream?.id]);
  });

  it.each([
    ['opened a stream that has ended', 'stream'],
    ['was redeemed', 'redeem'],
  ] as const)('that is good once is not used by a request that looked at it before it %s', async (_name, kind) => {
    const ticket = await cluster.issue({ oneUse: true, ttl: 20 * MINUTE });
    const [late, other] = [cluster.node(0), cluster.node(1)];
    const { promise, resolve } = withResolvers();
    late.afterLook = () => (late.standstill = promise);
    const opening = late.open(ticket);
    await cluster.settled();
    if (kind === 'redeem') await other.redeem(ticket);
    else (await other.open(ticket))?.leave();
    await pass(30 * MINUTE);

    resolve();

    expect((await opening)?.id).toBeUndefined();
  });

  it.each([
    ['refused, if it is no reconnect', false],
    ['given the place of the stream that there is now, if it is one', true],
  ])('is used by a request that looked at it long ago as by any other: %s', async (_name, isReconnect) => {
    const ticket = await cluster.issue({ ttl: MINUTE });
    const [late, other] = [cluster.node(0), cluster.node(1)];
    const { promise, resolve } = withResolvers();
    late.afterLook = () => (late.standstill = promise);
    const opening = late.open(ticket, { isReconnect });
    await cluster.settled();
    const first = await other.open(ticket);
    await pass(2 * SECOND);
    first?.leave();
    await cluster.settled();
    const second = await other.open(ticket);
    await pass(5 * MINUTE);

    resolve();

    const opened = await opening;
    await cluster.settled();
    expect(opened !== undefined).toBe(isReconnect);
    expect(cluster.openIds).toEqual([(opened ?? second)?.id]);
  });

  it('is not used by a reconnect that was slower than the next one', async () => {
    const ticket = await cluster.issue();
    (await cluster.node(0).open(ticket))?.leave();
    await cluster.settled();
    const { promise, resolve } = withResolvers();
    const slow = cluster.node(0).open(ticket, { isReconnect: true, opensAfter: promise });
    await cluster.settled();
    const quick = await cluster.node(1).open(ticket, { isReconnect: true });
    await cluster.settled();

    resolve();

    expect((await slow)?.id).toBeUndefined();
    expect(cluster.openIds).toEqual([quick?.id]);
  });

  it('goes on from the stream that took the place of another one', async () => {
    const ticket = await cluster.issue();
    await cluster.node(0).open(ticket);
    await cluster.settled();
    await cluster.node(1).open(ticket, { isReconnect: true });
    await cluster.settled();
    expect(cluster.openIds).toHaveLength(1);
    expect(await cluster.lastUse(ticket)).toBe(2);
  });
});

function withResolvers() {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
