import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type Command } from './command-line/parse-command-line.js';
import { countLine } from './count-line.js';
import { explainFailures, explainTooManyStreams } from './explain-failures.js';
import { type LoadCounts, noCounts, total } from './load-counts.js';
import { LoadEngine } from './load-engine.js';

const REPORT_INTERVAL = 10_000;

/**
 * Runs one load from opening to cut and prints a line of counts every 10 s. Aborting `signal` cuts the rest short.
 *
 * @returns whether every stream opened and stayed until it was cut
 */
export async function runLoadTest(
  command: Command,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { load, duration, cut } = command;
  const warning = explainTooManyStreams(load.connections);
  if (warning !== undefined) print(`Warning: ${warning}`);
  const engine = new LoadEngine(load);
  const report = reporter(engine, print);
  const timer = setInterval(report, REPORT_INTERVAL);
  const stop = (): void => void engine.cut(cut);
  signal.addEventListener('abort', stop);
  print(`Opening ${load.connections} streams to ${load.url}, ${load.interval ?? 10} ms apart, then ${duration} s`);
  await engine.open();
  report();
  await hold(engine, duration * 1000, signal);
  clearInterval(timer);
  report();
  const counts = engine.counts();
  await engine.cut(cut);
  signal.removeEventListener('abort', stop);
  for (const line of explainFailures([...Object.keys(counts.failed), ...Object.keys(counts.dropped)])) print(line);
  const isWell = counts.opened === load.connections && allStayed(counts);
  print(isWell ? 'Every stream opened and stayed.' : 'Not every stream opened and stayed.');
  return isWell;
}

/** Until the time is over, all streams are gone, or somebody has had enough. */
async function hold(engine: LoadEngine, milliseconds: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const time = delay(milliseconds, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(
    () => undefined,
  );
  await Promise.race([time, engine.whenClosed()]);
  over.abort();
}

function allStayed({ refused, failed, dropped, ended }: LoadCounts): boolean {
  return total(refused) + total(failed) + total(dropped) + ended === 0;
}

function reporter(engine: LoadEngine, print: (line: string) => void): () => void {
  const start = performance.now();
  let before = noCounts();
  let secondsBefore = 0;
  return () => {
    const counts = engine.counts();
    const seconds = (performance.now() - start) / 1000;
    print(countLine(seconds, counts, before, secondsBefore));
    before = counts;
    secondsBefore = seconds;
  };
}
