import { type LatencySummary, type LoadSample } from '../load-report.js';
import { bytes, count, counted, duration, milliseconds, rate } from './number-format.js';
import { printable, widthOf } from './printable.js';
import { type RunProgress } from './run-progress.js';
import { progressBar, sparkline } from './sparkline.js';
import { reasons, streamCounts } from './stream-counts.js';
import { cutTo, type Span, type StyledLine, type Tone } from './styled-line.js';
import { type Cell, gridOf } from './text-grid.js';

const LABEL = 9;
const VALUE = 11;
/** Room for the words behind a bar or a sparkline. */
const ASIDE = 18;
/** Below this a sparkline needs all the room for itself. */
const WIDE_ENOUGH = 60;
/** Longer ones tell nothing more. */
const MOST_COLUMNS = 120;
const BLANK: StyledLine = [];

/**
 * What the terminal shows of a run at one moment: lines of at most `width` columns, at most `height` of them. Where it is
 * low, the blank lines go first, then the last ones.
 */
export function liveFrame(progress: RunProgress, width: number, height: number): StyledLine[] {
  const inner = Math.min(width, MOST_COLUMNS);
  const groups = [
    [title(progress)],
    bars(progress, inner),
    streams(progress.last, inner),
    rates(progress, inner),
    latencies(progress.lastTimed?.latency, inner),
    [...faults(progress.last, inner), ...publishing(progress.last, inner)],
    [[['muted', 'Ctrl-C ends the run and reports.']] satisfies StyledLine],
  ].filter((group) => group.length > 0);
  const airy = groups.flatMap((group, index) => (index === 0 ? group : [BLANK, ...group]));
  const lines = airy.length <= height ? airy : groups.flat().slice(0, height);
  return lines.map((line) => cutTo(width, line));
}

function title({ plan }: RunProgress): StyledLine {
  const [first = '', ...others] = plan.urls;
  const more = others.length > 0 ? ` and ${counted(others.length, 'more URL')}` : '';
  return [['strong', 'Load test'], `  ${printable(first)}${more}`];
}

function bars(progress: RunProgress, width: number): StyledLine[] {
  const { connections, duration: planned } = progress.plan;
  const opened = `${count(progress.answered)} of ${count(connections)}`;
  const held = `${duration(progress.held)} of ${duration(planned)}`;
  const aside = Math.max(widthOf(opened), widthOf(held));
  return [
    bar('opening', progress.answered / Math.max(1, connections), opened, width, aside),
    bar('holding', planned === 0 ? 0 : progress.held / planned, held, width, aside),
  ];
}

function bar(name: string, share: number, words: string, width: number, aside: number): StyledLine {
  const { filled, empty } = progressBar(share, Math.max(4, width - LABEL - aside - 2));
  return [label(name), ['accent', filled], ['muted', empty], `  ${words.padStart(aside)}`];
}

function streams(sample: LoadSample | undefined, width: number): StyledLine[] {
  if (!sample) return [];
  const counts = streamCounts(sample.counts);
  const cells = counts.map(({ name, value, tone }): Cell => ({ name, value: count(value), tone: toneOf(value, tone) }));
  const why = counts.flatMap(({ name, why = {} }) => (reasons(why) === '' ? [] : [`${name} ${reasons(why)}`]));
  const because: StyledLine[] = why.length > 0 ? [[['bad', why.join(' · ')]]] : [];
  return [...gridOf(cells, width), ...because];
}

function rates({ samples, last }: RunProgress, width: number): StyledLine[] {
  if (!last) return [];
  const { counts, eventsPerSecond, bytesPerSecond } = last;
  const timed = samples.some(({ latency }) => latency);
  const lines = [
    plot(
      'events',
      `${rate(eventsPerSecond)}/s`,
      samples.map((sample) => sample.eventsPerSecond),
      `${count(counts.events)} in all`,
      width,
    ),
    plot(
      'bytes',
      `${bytes(bytesPerSecond)}/s`,
      samples.map((sample) => sample.bytesPerSecond),
      `${bytes(counts.bytes)} in all`,
      width,
    ),
  ];
  if (!timed) return lines;
  const p99 = samples.map(({ latency }) => latency?.p99);
  return [
    ...lines,
    plot('p99', milliseconds(p99.findLast((value) => value !== undefined) ?? 0), p99, 'of each second', width),
  ];
}

function plot(
  name: string,
  value: string,
  values: readonly (number | undefined)[],
  words: string,
  width: number,
): StyledLine {
  const aside = width >= WIDE_ENOUGH ? ASIDE : 0;
  const room = Math.max(0, width - LABEL - VALUE - 2 - aside);
  const spark = sparkline(values, room);
  const line: Span[] = [label(name), ['strong', value.padStart(VALUE)], '  ', ['accent', spark]];
  return aside === 0 ? line : [...line, ' '.repeat(room - widthOf(spark)), ['muted', words.padStart(aside)]];
}

function latencies(latency: LatencySummary | undefined, width: number): StyledLine[] {
  if (!latency) return [];
  const { p50, p90, p95, max } = latency;
  const cells = Object.entries({ p50, p90, p95, max }).map(([name, value]) => ({ name, value: milliseconds(value) }));
  return gridOf(cells, width);
}

function faults(sample: LoadSample | undefined, width: number): StyledLine[] {
  if (!sample?.delivery) return [];
  const { lost, duplicated, outOfOrder } = sample.delivery;
  const cells = Object.entries({ lost, duplicated, 'out of order': outOfOrder });
  return gridOf(
    cells.map(([name, value]) => ({ name, value: count(value), tone: toneOf(value, 'bad') })),
    width,
  );
}

function publishing(sample: LoadSample | undefined, width: number): StyledLine[] {
  if (!sample?.publish) return [];
  const { due, answered, failed, latency } = sample.publish;
  const failures = Object.values(failed).reduce((sum, number) => sum + number, 0);
  const cells: Cell[] = [
    { name: 'publishes due', value: count(due) },
    { name: 'answered', value: count(answered) },
    { name: 'failed', value: count(failures), tone: toneOf(failures, 'bad') },
  ];
  if (latency) cells.push({ name: 'answer p99', value: milliseconds(latency.p99) });
  return gridOf(cells, width);
}

function label(name: string): Span {
  return ['muted', name.padEnd(LABEL)];
}

/** None of them is nothing to worry about. */
function toneOf(value: number, tone: Tone | undefined): Tone | undefined {
  return value === 0 ? undefined : tone;
}
