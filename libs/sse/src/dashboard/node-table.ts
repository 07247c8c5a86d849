import { Injectable } from '@nestjs/common';
import { type NodeSummary, SseBackplaneError, SseNodes } from '../index.js';
import { type NodeRow, type NodesPage } from './page/answers.js';
import { type SortKey, tablePage } from './table-page.js';
import { readTableQuery, type TableQuery } from './table-query.js';

const COLUMNS = [
  'node',
  'level',
  'connections',
  'sent',
  'published',
  'latency',
  'cpu',
  'memory',
  'eventLoopDelay',
  'queuedBytes',
  'shedding',
  'host',
  'uptime',
  'age',
] as const;
type NodeColumn = (typeof COLUMNS)[number];
/** From the harmless to the worst, which is what they are sorted by. */
const LEVELS: readonly string[] = ['normal', 'elevated', 'critical'];
const STEPS: readonly string[] = ['none', 'batching', 'low-priority', 'refusing', 'closing'];

/** The table of all nodes that share the backplane. */
@Injectable()
export class NodeTable {
  constructor(private readonly nodes: SseNodes) {}

  /** With the engine away it is of this node alone, and says so. */
  async page(query: URLSearchParams): Promise<NodesPage> {
    const wanted = readTableQuery(query, COLUMNS);
    try {
      return answer(await this.nodes.all(), wanted);
    } catch (error) {
      if (!(error instanceof SseBackplaneError)) throw error;
      return { ...answer([this.nodes.own()], wanted), away: error.message };
    }
  }
}

/** @param nodes this one first */
function answer(nodes: readonly NodeSummary[], query: TableQuery<NodeColumn>): NodesPage {
  const now = Date.now();
  const items = nodes.map(({ at, ...summary }, index): NodeRow => {
    // Its clock may be ahead of this one's.
    return { ...summary, age: Math.max(0, now - at), isOwn: index === 0 };
  });
  const sum = (valueOf: (row: NodeRow) => number) => items.reduce((total, row) => total + valueOf(row), 0);
  const totals = {
    connections: sum(({ connections }) => connections),
    sent: sum(({ sent }) => sent),
    published: sum(({ published }) => published),
  };
  const textsOf = ({ node, host, pid }: NodeRow) => [node, host, String(pid)];
  return { ...tablePage({ items, keyOf, textsOf, rowOf: (row) => row }, query), totals };
}

function keyOf(row: NodeRow, column: NodeColumn): SortKey {
  if (column === 'level') return LEVELS.indexOf(row.level);
  return column === 'shedding' ? STEPS.indexOf(row.shedding) : row[column];
}
