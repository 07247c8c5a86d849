import { type LoadSample } from '../load-report.js';
import { type PlotDescription } from './plot-list.js';
import { bucketSize, thinned } from './thinned.js';

/** More points than a plot has pixels show nothing more, and make the file large. */
const MOST_POINTS = 1_000;

/** What the script of the page draws. */
export interface PlotData {
  /** Where the points lie, in seconds of the run. */
  times: (number | null)[];
  plots: { id: string; unit: string; lines: { name: string; values: (number | null)[] }[] }[];
}

export function plotData(samples: readonly LoadSample[], plots: readonly PlotDescription[]): PlotData {
  const size = bucketSize(samples.length, MOST_POINTS);
  return {
    times: thinned(
      samples.map(({ seconds }) => seconds),
      size,
      'last',
    ),
    plots: plots.map(({ id, unit, lines }) => ({
      id,
      unit,
      lines: lines.map(({ name, valueOf, thinning }) => ({
        name,
        values: thinned(samples.map(valueOf), size, thinning),
      })),
    })),
  };
}
