import { contenders } from './contenders.js';
import { type Results } from './results.js';
import { type Target, targets, judge, type Verdict } from './targets.js';
import { type Metric, type Work } from './works/work.js';

/** One table: its title, the cells of its head and of its rows. The screen and the document show the same. */
export interface Table {
  head: string[];
  rows: string[][];
}

/** Every contender of a work: the median of each metric, with the least and the most of the first. */
export function tableOf(work: Work, results: Results): Table {
  const [main] = work.metrics;
  return {
    head: ['', ...work.metrics.map(({ title }) => title), ...(main ? [`${main.title}: least – most`] : [])],
    rows: work.contenders.map((id) => [
      contenders[id].name,
      ...work.metrics.map((metric) => round(results.median(work.id, id, metric.key), metric)),
      ...(main ? [spread(results.values(work.id, id, main.key), main)] : []),
    ]),
  };
}

/** The targets of a work and whether they hold; without verdicts where the load was not the one that they are about. */
export function targetsOf(work: Work, results: Results): Table {
  return {
    head: ['target', 'measured', ''],
    rows: targets.filter((target) => target.work === work.id).map((target) => targetRow(target, results)),
  };
}

function targetRow(target: Target, results: Results): string[] {
  const { claim, value, holds } = judge(target, results);
  return [claim, Number.isNaN(value) ? 'not measured' : inShort(value), wordFor({ holds })];
}

/** Three digits: with two, a target that is missed by a hair looks as if it held. */
export function inShort(value: number): string {
  return Math.abs(value) < 100 ? value.toPrecision(3) : value.toFixed(0);
}

function wordFor({ holds }: Pick<Verdict, 'holds'>): string {
  if (holds === undefined) return '';
  return holds ? 'holds' : 'MISSED';
}

export function asText({ head, rows }: Table): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ');
  return [head, ...rows].map((cells) => `  ${line(cells)}`).join('\n');
}

export function asMarkdown({ head, rows }: Table): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_cell, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}

function round(value: number, { digits }: Metric): string {
  return Number.isNaN(value) ? '' : value.toFixed(digits);
}

function spread(values: number[], metric: Metric): string {
  if (values.length === 0) return '';
  return `${round(Math.min(...values), metric)} – ${round(Math.max(...values), metric)}`;
}
