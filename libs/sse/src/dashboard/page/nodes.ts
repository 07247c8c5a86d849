import { type NodeRow, type NodesPage } from './answers.js';
import { element, setText } from './element.js';
import { count, rate } from './format.js';
import { LiveTable } from './live-table.js';
import { NODE_COLUMNS } from './node-columns.js';

/** All nodes that share the backplane, and what they do together. */
export class Nodes {
  /** Says that there may be others than those in the table. */
  readonly notice = element('p', { class: 'notice', role: 'status' });
  readonly table = new LiveTable<NodeRow, NodesPage>({
    path: 'nodes',
    caption: 'Nodes',
    noun: 'nodes',
    filterLabel: 'Id, host or process',
    columns: NODE_COLUMNS,
    sort: 'node',
    isDescending: false,
    nothing: 'There is no such node.',
    keyOf: ({ node }) => node,
    tagsOf: ({ isOwn }) => (isOwn ? ['this node'] : []),
    isBad: ({ level }) => level !== 'normal',
    answered: (answer) => this.tell(answer),
  });

  constructor() {
    this.notice.hidden = true;
    this.table.node.classList.add('nodes');
  }

  private tell({ totals: { connections, sent, published }, away }: NodesPage): void {
    this.notice.hidden = away === undefined;
    setText(this.notice, away === undefined ? '' : `The other nodes can not be seen, this one only. ${away}`);
    const all = `All nodes: ${count(connections)} open · ${rate(sent)} sent/s · ${rate(published)} published/s`;
    setText(this.table.aside, all);
  }
}
