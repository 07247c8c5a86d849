import { explainFailures } from '../explain-failures.js';
import { type LoadReport } from '../load-report.js';
import { cell, escaped, headCell, rowHead, table } from './markup.js';
import { bytes, count, counted, duration, milliseconds, rate } from './number-format.js';
import { PERCENTILES, timesOf } from './report-times.js';
import { reasonName, reasons, streamCounts } from './stream-counts.js';
import { worstChannels } from './worst-channels.js';

const MOST_CHANNELS = 100;

interface Fact {
  name: string;
  value: string;
  aside?: string;
  isBad?: boolean;
}

/** The numbers that one looks for first. */
export function overview({ counts, connections, seconds, eventsPerSecond, latency, delivery }: LoadReport): string {
  const lost = streamCounts(counts).filter(({ tone, value }) => tone === 'bad' && value > 0);
  const facts: Fact[] = [
    { name: 'streams opened', value: count(counts.opened), aside: `of ${count(connections)}` },
    ...lost.map(({ name, value }) => ({ name, value: count(value), isBad: true })),
    { name: 'time', value: duration(seconds) },
    { name: 'events', value: count(counts.events) },
    { name: 'events a second', value: rate(eventsPerSecond) },
    { name: 'bytes', value: bytes(counts.bytes) },
  ];
  if (latency) facts.push({ name: 'latency p50', value: milliseconds(latency.p50) });
  if (latency) facts.push({ name: 'latency p99', value: milliseconds(latency.p99) });
  if (delivery) facts.push({ name: 'events lost', value: count(delivery.total.lost), isBad: delivery.total.lost > 0 });
  return `<section class="card whole" aria-label="Overview"><dl class="numbers">${facts.map(factOf).join('\n')}</dl></section>`;
}

function factOf({ name, value, aside = '', isBad = false }: Fact): string {
  const small = aside === '' ? '' : ` <small>${escaped(aside)}</small>`;
  return `<div><dt>${escaped(name)}</dt><dd${isBad ? ' class="bad"' : ''}>${escaped(value)}${small}</dd></div>`;
}

export function limits(report: LoadReport): string {
  if (report.limits.length === 0) return '';
  const items = report.limits.map((text) => `<li>${escaped(text)}</li>`);
  return `<section class="card whole limits"><h2>What limited this run</h2><ul>${items.join('')}</ul></section>`;
}

export function verdicts(report: LoadReport): string {
  if (report.verdicts.length === 0) return '';
  const rows = report.verdicts.map(({ rule, measured, isKept }) => {
    const mark = isKept ? cell('✓ kept', 'mark kept') : cell('✗ broken', 'mark broken');
    return rowHead(rule, 'text') + cell(measured) + mark;
  });
  return section('Thresholds', table('thresholds', ['rule', 'measured', ''].map(headOf), rows));
}

export function streams({ counts }: LoadReport): string {
  const rows = streamCounts(counts).map(({ name, value, tone, why = {} }) => {
    const kind = value > 0 && tone !== undefined && tone !== 'good' ? ` ${tone}` : '';
    return rowHead(name) + cell(count(value), `number${kind}`) + cell(reasons(why, reasonName), 'text reason');
  });
  const codes = [...Object.keys(counts.failed), ...Object.keys(counts.dropped)];
  const words = explainFailures([...new Set(codes)]).map((text) => `<p class="note">${escaped(text)}</p>`);
  return section('Streams at the end', [table('streams', [], rows), ...words].join('\n'));
}

export function times(report: LoadReport): string {
  const rows = timesOf(report).map(
    ({ name, values }) => rowHead(name) + values.map((value, column) => cell(value, kindOf(column))).join(''),
  );
  if (rows.length === 0) return '';
  const heads = ['', ...PERCENTILES].map((text, index) => headCell(text, kindOf(index - 1)));
  return section('Times in ms', table('times', heads, rows));
}

/** Left out where there is no room. */
function kindOf(column: number): string {
  return ['min', 'p95', 'p99.9'].includes(PERCENTILES[column] ?? '') ? 'minor' : '';
}

export function faults({ delivery }: LoadReport): string {
  if (!delivery) return '';
  const { shown, others } = worstChannels(delivery.channels, MOST_CHANNELS);
  const rows = [{ name: 'all channels', ...delivery.total }, ...shown].map(
    ({ name, lost, duplicated, outOfOrder }) =>
      rowHead(name, 'text') +
      [lost, duplicated, outOfOrder].map((value) => cell(count(value), value > 0 ? 'bad' : '')).join(''),
  );
  const rest = others > 0 ? `<p class="note">and ${counted(others, 'channel')} more with faults</p>` : '';
  return section(
    'Faults of delivery',
    table('faults', ['channel', 'lost', 'duplicated', 'out of order'].map(headOf), rows) + rest,
  );
}

export function publishing({ publish }: LoadReport): string {
  if (!publish) return '';
  const { due, sent, late = 0, answered, failed } = publish;
  const failures = Object.values(failed).reduce((sum, number) => sum + number, 0);
  const rows = [
    rowHead('due') + cell(count(due), 'number') + cell('by the rate', 'text reason'),
    rowHead('sent') + cell(count(sent), 'number') + cell(late > 0 ? `${count(late)} of them late` : '', 'text reason'),
    rowHead('answered') + cell(count(answered), 'number') + cell('well', 'text reason'),
    rowHead('failed') +
      cell(count(failures), failures > 0 ? 'number bad' : 'number') +
      cell(reasons(failed, reasonName), 'text reason'),
  ];
  return section('Published', table('streams', [], rows));
}

function headOf(text: string): string {
  return headCell(text);
}

function section(title: string, content: string): string {
  return content === '' ? '' : `<section class="card"><h2>${escaped(title)}</h2>\n${content}</section>`;
}
