import { explainFailures } from '../explain-failures.js';
import { type LoadReport } from '../load-report.js';
import { bytes, count, counted, duration, rate } from './number-format.js';
import { fitted, printable } from './printable.js';
import { PERCENTILES, timesOf } from './report-times.js';
import { reasonName, reasons, streamCounts } from './stream-counts.js';
import { type Span, type StyledLine } from './styled-line.js';
import { alignedRows } from './text-grid.js';
import { worstChannels } from './worst-channels.js';

/** Of thousands of channels, those at which one looks first. */
const MOST_CHANNELS = 10;
const NAME = 30;

/** All that is known of a run when it is over, for the terminal or a log. */
export function textReport(report: LoadReport): StyledLine[] {
  const sections = [
    heading(report),
    streams(report),
    events(report),
    times(report),
    faults(report),
    publishing(report),
    limits(report),
    verdicts(report),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : [[], ...lines]));
}

function heading({ urls, connections, seconds, startedAt }: LoadReport): StyledLine[] {
  const began = startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  return [
    ...urls.map((url, index): StyledLine => [['strong', index === 0 ? 'Load test  ' : '           '], printable(url)]),
    [['muted', `           ${counted(connections, 'stream')}, ${duration(seconds)}, from ${printable(began)}`]],
  ];
}

function streams({ counts, connections }: LoadReport): StyledLine[] {
  const rows = [
    { name: 'opened', value: counts.opened, why: undefined, tone: undefined, note: `of ${count(connections)}` },
    ...streamCounts(counts).map((row) => ({ ...row, note: reasons(row.why ?? {}, reasonName) })),
  ];
  const aligned = alignedRows(rows.map(({ name, value }) => [name, count(value)]));
  const lines = rows.map(({ value, tone, note }, index): StyledLine => {
    const line = aligned[index] ?? '';
    const isWorth = tone !== undefined && tone !== 'good' && value > 0;
    return [isWorth ? [tone, line] : line, ...(note === '' ? [] : [['muted', `  ${note}`] satisfies Span])];
  });
  const codes = [...Object.keys(counts.failed), ...Object.keys(counts.dropped)];
  return section('Streams', [...lines, ...explainFailures([...new Set(codes)]).map((text): StyledLine => [text])]);
}

function events({ counts, eventsPerSecond, seconds }: LoadReport): StyledLine[] {
  const rows = [
    ['events', count(counts.events), `${rate(eventsPerSecond)}/s`],
    ['bytes', bytes(counts.bytes), `${bytes(counts.bytes / Math.max(seconds, 0.001))}/s`],
  ];
  return section(
    'Received',
    alignedRows(rows).map((line) => [line]),
  );
}

function times(report: LoadReport): StyledLine[] {
  const rows = timesOf(report).map(({ name, values }) => [name, ...values]);
  return rows.length === 0 ? [] : table(['Times in ms', ...PERCENTILES], rows);
}

function faults({ delivery }: LoadReport): StyledLine[] {
  if (!delivery) return [];
  const { shown, others } = worstChannels(delivery.channels, MOST_CHANNELS);
  const all = { ...delivery.total, name: 'all channels' };
  const rows = [all, ...shown].map(({ name, lost, duplicated, outOfOrder }) => [
    fitted(printable(name), NAME),
    ...[lost, duplicated, outOfOrder].map(count),
  ]);
  const lines = table(['Faults', 'lost', 'duplicated', 'out of order'], rows);
  return others === 0 ? lines : [...lines, [['muted', `  and ${counted(others, 'channel')} more with faults`]]];
}

function publishing({ publish }: LoadReport): StyledLine[] {
  if (!publish) return [];
  const why = reasons(publish.failed, reasonName);
  const failures = Object.values(publish.failed).reduce((sum, number) => sum + number, 0);
  const late = publish.late === undefined ? '' : `, ${count(publish.late)} of them late`;
  return section('Published', [
    [`due ${count(publish.due)}, sent ${count(publish.sent)}${late}, answered well ${count(publish.answered)}`],
    ...(failures > 0 ? [[['bad', `failed ${count(failures)}`], `  ${why}`] satisfies StyledLine] : []),
  ]);
}

function limits(report: LoadReport): StyledLine[] {
  if (report.limits.length === 0) return [];
  return section(
    'What limited this run',
    report.limits.map((text) => [['warning', '! '], printable(text)]),
  );
}

function verdicts(report: LoadReport): StyledLine[] {
  const aligned = alignedRows(report.verdicts.map(({ rule, measured }) => [printable(rule), printable(measured)]));
  if (aligned.length === 0) return [];
  const broken = report.verdicts.filter(({ isKept }) => !isKept).length;
  const lines = report.verdicts.map(({ isKept }, index): StyledLine => {
    const mark: Span = isKept ? ['good', '✓ kept    '] : ['bad', '✗ broken  '];
    return [mark, aligned[index] ?? ''];
  });
  const result: Span = broken === 0 ? ['good', 'all kept'] : ['bad', `${broken} of ${aligned.length} broken`];
  return [[['strong', 'Thresholds'], '  ', result], ...lines.map((line): StyledLine => ['  ', ...line])];
}

function section(title: string, lines: readonly StyledLine[]): StyledLine[] {
  return [[['strong', title]], ...lines.map((line): StyledLine => ['  ', ...line])];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): StyledLine[] {
  const [title = '', ...lines] = alignedRows([head, ...rows.map(([name = '', ...values]) => [`  ${name}`, ...values])]);
  const [name = ''] = head;
  return [
    [
      ['strong', name],
      ['muted', title.slice(name.length)],
    ],
    ...lines.map((line): StyledLine => [line]),
  ];
}
