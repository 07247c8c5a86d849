import { describe, expect, it } from '@jest/globals';
import { reportOf } from '../../../../test/harness/load-run.js';
import { noCounts } from '../load-counts.js';
import { type LoadReport } from '../load-report.js';
import { widthOf } from './printable.js';
import { plainText } from './styled-line.js';
import { textReport } from './text-report.js';

function linesOf(changes: Partial<LoadReport>): string[] {
  return textReport(reportOf(changes)).map(plainText);
}

describe('textReport', () => {
  it('fits 80 columns, with what is measured in columns below each other', () => {
    const lines = linesOf({});
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80);
    const at = lines.findIndex((line) => line.startsWith('Times in ms'));
    expect(lines.slice(at, at + 4)).toEqual([
      'Times in ms   count   min   p50  p90   p95  p99  p99.9  max',
      '  opening       100  0.13  0.25  0.5  0.67    1      2    3',
      '  latency       100     1     2    4  5.33    8     16   24',
      '  publishing    100  0.25   0.5    1  1.33    2      4    6',
    ]);
  });

  it('says of streams that were lost why, and what the codes mean, each once', () => {
    const counts = {
      ...noCounts(),
      refused: { 503: 2, 200: 1 },
      failed: { EMFILE: 5 },
      dropped: { EMFILE: 1, CLOSED: 3 },
    };
    const text = linesOf({ counts }).join('\n');
    expect(text).toContain('refused       3  503 Service Unavailable: 2, 200 without an event stream: 1');
    expect(text).toContain('dropped       4  CLOSED: 3, EMFILE: 1');
    expect(text.match(/EMFILE: this process/g)).toHaveLength(1);
  });

  it('names the channels with most faults first, and says how many it leaves out', () => {
    const channels = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [
        `room-${index}`,
        { lost: index % 500, duplicated: 1, outOfOrder: 0 },
      ]),
    );
    const lines = linesOf({ delivery: { total: { lost: 9, duplicated: 9, outOfOrder: 0 }, channels } });
    const at = lines.findIndex((line) => line.startsWith('Faults'));
    expect(lines[at + 1]).toMatch(/all channels +9 +9 +0/);
    expect(lines[at + 2]).toMatch(/room-499 +499/);
    expect(lines).toContain('  and 990 channels more with faults');
    expect(lines.length).toBeLessThan(60);
  });

  it('says which thresholds were kept, with what was measured', () => {
    const verdicts = [
      { rule: 'p99 <= 50 ms', measured: '8 ms', isKept: true },
      { rule: 'lost <= 0', measured: '3', isKept: false },
    ];
    expect(linesOf({ verdicts }).slice(-3)).toEqual([
      'Thresholds  1 of 2 broken',
      '  ✓ kept    p99 <= 50 ms  8 ms',
      '  ✗ broken  lost <= 0        3',
    ]);
  });

  it('is short where nothing was verified, published or limited', () => {
    const lines = linesOf({ latency: undefined, delivery: undefined, publish: undefined, opening: undefined });
    expect(lines.join('\n')).not.toMatch(/Times|Faults|Published|limited|Thresholds/);
  });

  it('lets nothing through that a terminal obeys, and cuts names that are too long', () => {
    const evil = '\u001b]0;title\u0007\r\n\u202e';
    const channels = { [evil + '長'.repeat(99)]: { lost: 1, duplicated: 0, outOfOrder: 0 } };
    const lines = linesOf({
      urls: [evil],
      counts: { ...noCounts(), failed: { [evil]: 1 } },
      delivery: { total: { lost: 1, duplicated: 0, outOfOrder: 0 }, channels },
      limits: [evil],
      verdicts: [{ rule: evil, measured: evil, isKept: false }],
    });
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    const channel = lines.find((line) => line.includes('長')) ?? '';
    expect(widthOf(channel)).toBeLessThanOrEqual(80);
    expect(channel).toMatch(/長… +1 +0 +0$/);
  });
});
