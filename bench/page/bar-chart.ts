import { type ContenderId, contenders, isOurs } from '../contenders.js';
import { type Results } from '../results.js';
import { type Limit, limitsOn } from '../targets.js';
import { type Metric, type Work } from '../works/work.js';
import { escaped } from './markup.js';

/** One bar. All are in the unit of the metric. */
interface Bar {
  contender: ContenderId;
  median: number;
  least: number;
  most: number;
  /** What its targets ask for; the strictest. */
  limit: Limit | undefined;
}

/** One metric of a work, a bar for each contender. Empty where nothing was measured. */
export function barChart(work: Work, metric: Metric, results: Results): string {
  const bars = work.contenders
    .map((id) => barOf(work, metric, id, results))
    .filter(({ median }) => !Number.isNaN(median));
  if (bars.length === 0) return '';
  const longest = Math.max(...bars.map(({ most, limit }) => Math.max(most, limit?.value ?? 0)));
  const share = (value: number): string => `${((100 * Math.max(0, value)) / (longest || 1)).toFixed(2)}%`;
  return [
    `<figure><figcaption>${escaped(metric.title)} <small>${metric.moreIsBetter ? 'more' : 'less'} is better</small></figcaption>`,
    '<ol>',
    ...bars.map((bar) => row(bar, metric, share)),
    '</ol></figure>',
  ].join('\n');
}

function barOf(work: Work, { key }: Metric, contender: ContenderId, results: Results): Bar {
  const values = results.values(work.id, contender, key);
  const limits = limitsOn(work.id, contender, key, results);
  return {
    contender,
    median: results.median(work.id, contender, key),
    least: Math.min(...values),
    most: Math.max(...values),
    limit: limits.reduce<Limit | undefined>(stricter, undefined),
  };
}

function row(
  { contender, median, least, most, limit }: Bar,
  { digits }: Metric,
  share: (value: number) => string,
): string {
  const number = (value: number): string => value.toFixed(digits);
  const rounds = most > least ? `<small>${number(least)} – ${number(most)}</small>` : '';
  const word = limit?.kind === 'least' ? 'at least' : 'at most';
  const target = limit
    ? `<i class="limit" style="left:${share(limit.value)}" title="target: ${word} ${number(limit.value)}"></i>`
    : '';
  return [
    `<li${isOurs(contender) ? ' class="ours"' : ''}>`,
    `<span class="name">${escaped(contenders[contender].name)}</span>`,
    `<span class="track"><span class="bar" style="width:${share(median)}"></span>${target}</span>`,
    `<span class="value">${number(median)}${rounds}</span>`,
    '</li>',
  ].join('');
}

function stricter(one: Limit | undefined, other: Limit): Limit {
  if (!one) return other;
  if (other.kind === 'least') return other.value > one.value ? other : one;
  return other.value < one.value ? other : one;
}
