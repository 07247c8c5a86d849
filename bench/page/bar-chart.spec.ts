import { describe, expect, it } from '@jest/globals';
import { Results } from '../results.js';
import { compressed } from '../works/compressed.js';
import { opening } from '../works/opening.js';
import { type Metric, type Work } from '../works/work.js';
import { barChart } from './bar-chart.js';

function metricOf(work: Work, key: string): Metric {
  const metric = work.metrics.find((each) => each.key === key);
  if (!metric) throw new Error(`${work.id} has no ${key}`);
  return metric;
}

describe('barChart', () => {
  const results = new Results();
  results.add('P5', 'event-stream-channel', { bytes: 200, memory: 9 });
  results.add('P5', 'event-stream-gzip', { bytes: 50, memory: 9.25 });
  results.add('P10', 'event-stream-channel', { rate: 2_000 });
  results.add('P10', 'bare-express', { rate: 2_500 });

  it('gives the longest bar the whole width, and the others their share', () => {
    const chart = barChart(compressed, metricOf(compressed, 'bytes'), results);
    expect(chart.match(/width:[\d.]+%/g)).toEqual(['width:100.00%', 'width:25.00%']);
    expect(chart).toContain('less is better');
  });

  it('marks where a target by ratio ends, also beyond the bar', () => {
    expect(barChart(compressed, metricOf(compressed, 'bytes'), results)).toContain(
      'left:30.00%" title="target: at most 60"',
    );
    const rates = barChart(opening, metricOf(opening, 'rate'), results);
    expect(rates).toContain('left:80.00%" title="target: at least 2000"');
    expect(rates).toContain('more is better');
  });

  it('marks a target by difference', () => {
    expect(barChart(compressed, metricOf(compressed, 'memory'), results)).toContain('title="target: at most 9.50"');
  });

  it('leaves out who was not measured, and is empty where nobody was', () => {
    expect(barChart(compressed, metricOf(compressed, 'bytes'), results)).not.toContain('behind compression');
    expect(barChart(compressed, metricOf(compressed, 'rss'), results)).toBe('');
  });
});
