import { contenders } from './contenders.js';
import { Results } from './results.js';
import { type Sample, type Work } from './works/work.js';

/**
 * Every contender of every work in turn, and that for each round: what a noisy moment costs one of them, it costs in
 * one round only, and the median leaves it out. Another one begins in each round: what a work leaves behind, such as ten
 * thousand sockets in TIME_WAIT, is not to fall to the same contender each time.
 */
export async function runWorks(
  works: readonly Work[],
  rounds: number,
  connections: number | undefined,
  print: (line: string) => void,
): Promise<Results> {
  const results = new Results();
  for (let round = 1; round <= rounds; round++) {
    for (const work of works) {
      for (const id of rotated(work.contenders, round)) {
        const turn = `round ${round}/${rounds}  ${work.id.padEnd(3)}  ${contenders[id].name}`;
        try {
          const once = round === 1 ? await work.measureOnce?.(contenders[id]) : undefined;
          const sample = { ...(await work.measure(contenders[id], connections ?? work.connections)), ...once };
          results.add(work.id, id, sample);
          print(`${turn}: ${inWords(work, sample)}`);
        } catch (error) {
          // The other rounds are worth having, and half an hour of others as well.
          const failure = `${turn} FAILED: ${error instanceof Error ? error.message : String(error)}`;
          results.failures.push(failure);
          print(failure);
        }
      }
    }
  }
  return results;
}

function inWords({ metrics }: Work, sample: Sample): string {
  return metrics
    .filter(({ key }) => !Number.isNaN(sample[key]))
    .map(({ key, title, digits }) => `${title} ${(sample[key] ?? NaN).toFixed(digits)}`)
    .join(', ');
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
