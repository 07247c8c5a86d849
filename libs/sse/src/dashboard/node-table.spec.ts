import { describe, expect, it } from '@jest/globals';
import { BadRequestException } from '@nestjs/common';
import { type NodeSummary, SseBackplaneError, type SseNodes } from '../index.js';
import { NodeTable } from './node-table.js';

const SUMMARY: NodeSummary = {
  node: 'b',
  host: 'web-1',
  pid: 10,
  at: Date.now(),
  uptime: 1_000,
  connections: 5,
  published: 1,
  sent: 20,
  latency: 2,
  cpu: 10,
  memory: 40,
  eventLoopDelay: 1,
  queuedBytes: 0,
  level: 'normal',
  shedding: 'none',
};
const MINUTE = 60_000;
const NODES: NodeSummary[] = [
  SUMMARY,
  { ...SUMMARY, node: 'c', host: 'web-2', level: 'critical', shedding: 'refusing', at: Date.now() - MINUTE },
  { ...SUMMARY, node: 'a', host: 'web-2', level: 'elevated', shedding: 'batching', at: Date.now() + MINUTE },
];

async function ask(query: string, all: () => Promise<NodeSummary[]> = () => Promise.resolve(NODES)) {
  const nodes: Pick<SseNodes, 'all' | 'own'> = { all, own: () => SUMMARY };
  return new NodeTable(nodes as SseNodes).page(new URLSearchParams(query));
}

describe('the table of nodes', () => {
  it.each([
    ['', 'a b c'],
    ['sort=level&order=desc', 'c a b'],
    ['sort=shedding', 'b a c'],
    ['sort=age&order=desc', 'c b a'],
    ['filter=WEB-2', 'a c'],
  ])('asked for "%s" has %s', async (query, names) => {
    const { rows } = await ask(query);
    expect(rows.map(({ node }) => node).join(' ')).toBe(names);
  });

  it('marks the node that answers, and has the totals of all, whatever the filter', async () => {
    const { rows, totals, away } = await ask('filter=web-1');
    expect(rows).toMatchObject([{ node: 'b', isOwn: true }]);
    expect((await ask('filter=web-2')).rows).toMatchObject([{ isOwn: false }, { isOwn: false }]);
    expect(totals).toEqual({ connections: 15, sent: 60, published: 3 });
    expect(away).toBeUndefined();
  });

  it('tells how long ago a node said so, and nothing of the future where its clock is ahead', async () => {
    const [ahead, , behind] = (await ask('')).rows;
    expect(ahead!.age).toBe(0);
    expect(behind!.age).toBeGreaterThanOrEqual(MINUTE);
  });

  it('is of this node alone when the engine is away, and says why', async () => {
    const { rows, total, away } = await ask('', () => Promise.reject(new SseBackplaneError('Redis does not answer')));
    expect(away).toBe('Redis does not answer');
    expect(total).toBe(1);
    expect(rows).toMatchObject([{ node: 'b', isOwn: true }]);
  });

  it('hides no other failure, and takes no column that is none', async () => {
    await expect(ask('', () => Promise.reject(new RangeError('a bug')))).rejects.toThrow('a bug');
    await expect(ask('sort=pid')).rejects.toThrow(BadRequestException);
  });
});
