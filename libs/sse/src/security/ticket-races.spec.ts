import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TicketCluster } from '../../../../test/harness/ticket-cluster.js';

// Nodes that share one engine, whose answers come in any order: each seed is another one.
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1);

describe('Requests with one ticket at the same moment', () => {
  let cluster: TicketCluster;
  beforeEach(() => {
    Logger.overrideLogger(false);
  });
  afterEach(async () => {
    Logger.overrideLogger(['log', 'warn', 'error']);
    await cluster.close();
  });

  it.each(SEEDS)('open one stream, on one node (seed %i)', async (seed) => {
    cluster = await TicketCluster.start(3, seed);
    const ticket = await cluster.issue();

    const streams = await Promise.all(Array.from({ length: 9 }, (_, index) => cluster.node(index).open(ticket)));

    expect(streams.filter((stream) => stream !== undefined).length).toBe(1);
  });

  it.each(SEEDS)('open one stream in all, with a ticket that is good once (seed %i)', async (seed) => {
    cluster = await TicketCluster.start(3, seed);
    const ticket = await cluster.issue({ oneUse: true });
    let opened = 0;

    await Promise.all(
      Array.from({ length: 9 }, async (_, index) => {
        await cluster.pause(index);
        const stream = await cluster.node(index).open(ticket, { isReconnect: index > 6 });
        if (!stream) return;
        opened++;
        await cluster.pause();
        stream.leave();
      }),
    );

    expect(opened).toBe(1);
  });

  it.each(SEEDS)('leave one stream open, however clients come back, and it can come back (seed %i)', async (seed) => {
    cluster = await TicketCluster.start(3, seed);
    const ticket = await cluster.issue();
    await cluster.node(0).open(ticket);
    await cluster.settled();

    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        await cluster.pause(index);
        const fails = cluster.random() < 0.3;
        const stream = await cluster.node(index).open(ticket, { isReconnect: cluster.random() < 0.8, fails });
        if (!stream || cluster.random() < 0.5) return;
        await cluster.pause();
        stream.leave();
      }),
    );
    await cluster.settled();

    expect(cluster.openIds.length).toBeLessThanOrEqual(1);
    expect((await cluster.node(1).open(ticket, { isReconnect: true }))?.id).toBeDefined();
    await cluster.settled();
    expect(cluster.openIds.length).toBe(1);
  });

  it.each(SEEDS.slice(0, 20))('redeem it once, or open one stream (seed %i)', async (seed) => {
    cluster = await TicketCluster.start(3, seed);
    const ticket = await cluster.issue();

    const results = await Promise.all(
      Array.from({ length: 9 }, (_, index) => {
        const node = cluster.node(index);
        return index % 2 === 0 ? node.redeem(ticket) : node.open(ticket);
      }),
    );

    expect(results.filter((result) => result !== undefined).length).toBe(1);
  });
});
