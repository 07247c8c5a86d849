import { type NodeRow } from './answers.js';
import { bytes, count, duration, milliseconds, percent, rate } from './format.js';
import { type Column } from './table-rows.js';

/** All of them on a phone too, where the table is moved below its first column: there is no look into a row. */
export const NODE_COLUMNS: readonly Column<NodeRow>[] = [
  { title: 'Node', sort: 'node', text: ({ node }) => node },
  { title: 'Pressure', sort: 'level', text: ({ level }) => level, levelOf: ({ level }) => level },
  { title: 'Connections', sort: 'connections', text: ({ connections }) => count(connections), isNumber: true },
  { title: 'Sent/s', sort: 'sent', text: ({ sent }) => rate(sent), isNumber: true },
  { title: 'Published/s', sort: 'published', text: ({ published }) => rate(published), isNumber: true },
  { title: 'Latency', sort: 'latency', text: ({ latency }) => milliseconds(latency), isNumber: true },
  { title: 'CPU', sort: 'cpu', text: ({ cpu }) => percent(cpu), isNumber: true },
  { title: 'Memory', sort: 'memory', text: ({ memory }) => percent(memory), isNumber: true },
  { title: 'Event loop', sort: 'eventLoopDelay', text: (row) => milliseconds(row.eventLoopDelay), isNumber: true },
  { title: 'Queues', sort: 'queuedBytes', text: ({ queuedBytes }) => bytes(queuedBytes), isNumber: true },
  {
    title: 'Shedding',
    sort: 'shedding',
    text: ({ shedding }) => shedding,
    levelOf: ({ shedding }) => (shedding === 'none' ? 'normal' : 'elevated'),
  },
  { title: 'Said', sort: 'age', text: ({ age }) => `${duration(age)} ago`, isNumber: true },
  { title: 'Process', sort: 'host', text: ({ host, pid }) => `${host} · ${pid}` },
  { title: 'Up for', sort: 'uptime', text: ({ uptime }) => duration(uptime), isNumber: true },
];
