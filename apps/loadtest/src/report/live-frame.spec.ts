import { describe, expect, it } from '@jest/globals';
import { sampleAt, samplesOf } from '../../../../test/harness/load-run.js';
import { type LoadSample } from '../load-report.js';
import { liveFrame } from './live-frame.js';
import { widthOf } from './printable.js';
import { RunProgress } from './run-progress.js';
import { plainText } from './styled-line.js';

const PLAN = { urls: ['http://127.0.0.1:3000/news/events'], connections: 1_000, duration: 30 };

function frame(samples: LoadSample[], { width = 80, height = 24, plan = PLAN } = {}): string[] {
  const progress = new RunProgress(plan);
  for (const sample of samples) progress.add(sample);
  return liveFrame(progress, width, height).map(plainText);
}

describe('liveFrame', () => {
  it.each([20, 40, 80, 200])('has no line over %i columns, nor more lines than there are rows', (width) => {
    for (const height of [3, 10, 23, 60]) {
      const lines = frame(samplesOf(400), { width, height });
      expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
      expect(lines.length).toBeLessThanOrEqual(height);
    }
  });

  it('fits a terminal of 80 by 24, with everything that can be measured', () => {
    const text = frame(samplesOf(25), { height: 23 }).join('\n');
    for (const name of ['opening', 'holding', 'open ', 'refused', 'events', 'bytes', 'p99', 'lost', 'publishes due']) {
      expect(text).toContain(name);
    }
    expect(text).toContain('Ctrl-C');
  });

  it('shows how far the opening is before anything came, and in each second of it', () => {
    expect(frame([]).join('\n')).toContain('0 of 1,000');
    expect(frame([]).join('\n')).toContain('0 s of 30 s');
    expect(frame(samplesOf(4)).join('\n')).toContain('400 of 1,000');
  });

  it('counts the time of holding from when the last stream was opened', () => {
    expect(frame(samplesOf(9)).join('\n')).toContain(' 0 s of 30 s');
    expect(frame(samplesOf(22)).join('\n')).toContain('12 s of 30 s');
    expect(frame(samplesOf(100)).join('\n')).toContain('30 s of 30 s');
  });

  it('says why streams were lost', () => {
    const sample = sampleAt(5);
    const counts = { ...sample.counts, refused: { 503: 7, 429: 1 }, dropped: { ECONNRESET: 2 } };
    expect(frame([{ ...sample, counts }])).toContain('refused 503: 7, 429: 1 · dropped ECONNRESET: 2');
  });

  it('keeps to the last second in which an event carried a time', () => {
    const silent = { ...sampleAt(6), latency: undefined };
    const text = frame([sampleAt(4), sampleAt(5), silent]).join('\n');
    expect(text).toMatch(/p99 +9 ms/);
    expect(text).toMatch(/p95 +6 ms/);
  });

  it('leaves out what is not measured', () => {
    const bare = { ...sampleAt(5), latency: undefined, delivery: undefined, publish: undefined };
    expect(frame([bare]).join('\n')).not.toMatch(/p99|lost|publish/);
  });

  it('lets no escape sequence of a URL through', () => {
    const lines = frame([], { plan: { ...PLAN, urls: ['http://a/\u001b[2J\n\u202e', 'http://b/', 'http://c/'] } });
    expect(lines[0]).toBe('Load test  http://a/�[2J�� and 2 more URLs');
  });
});
