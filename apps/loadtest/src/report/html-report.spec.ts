import { describe, expect, it } from '@jest/globals';
import { reportOf, samplesOf } from '../../../../test/harness/load-run.js';
import { noCounts } from '../load-counts.js';
import { htmlReport } from './html-report.js';
import { inlineJson } from './markup.js';
import { plotData, type PlotData } from './plot-data.js';
import { PLOTS } from './plot-list.js';

function dataOf(html: string): PlotData {
  const [, json = ''] = /<script type="application\/json" id="plots">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as PlotData;
}

describe('htmlReport', () => {
  it('needs nothing from elsewhere', () => {
    const html = htmlReport(reportOf());
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).not.toMatch(/@import|url\(/);
    expect(html).toContain("default-src 'none'");
  });

  it('has a plot for whatever was measured, and none for the rest', () => {
    const ids = (html: string): string[] => dataOf(html).plots.map(({ id }) => id);
    expect(ids(htmlReport(reportOf()))).toEqual(['open', 'events', 'latency', 'bytes', 'faults', 'streams']);
    const bare = reportOf({ latency: undefined, delivery: undefined });
    expect(ids(htmlReport(bare))).toEqual(['open', 'events', 'bytes', 'streams']);
  });

  it('is as well without a second of samples, and with one', () => {
    const html = htmlReport(reportOf({ samples: [] }));
    expect(html).not.toContain('class="drawing"');
    expect(dataOf(html)).toEqual({ times: [], plots: [] });
    expect(dataOf(htmlReport(reportOf({ samples: samplesOf(1) }))).times).toEqual([1]);
  });

  it('escapes whatever comes from elsewhere', () => {
    const evil = `<img src=x onerror=alert(1)>"'</script>\u2028\u202e`;
    const html = htmlReport(
      reportOf({
        urls: [evil],
        startedAt: evil,
        counts: { ...noCounts(), failed: { [evil]: 1 }, refused: { [evil]: 1 } },
        delivery: {
          total: { lost: 1, duplicated: 0, outOfOrder: 0 },
          channels: { [evil]: { lost: 1, duplicated: 0, outOfOrder: 0 } },
        },
        limits: [evil],
        verdicts: [{ rule: evil, measured: evil, isKept: false }],
      }),
    );
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/[\u2028\u202e]/);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
  });

  it('stays small however long the run was and however many channels failed', () => {
    const faults = { lost: 1, duplicated: 0, outOfOrder: 0 };
    const channels = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`room-${index}`, faults]));
    const html = htmlReport(reportOf({ samples: samplesOf(10_000), delivery: { total: faults, channels } }));
    expect(dataOf(html).times).toHaveLength(1_000);
    expect(html).toContain('and 19,900 channels more with faults');
    expect(html.length).toBeLessThan(300_000);
  });
});

describe('inlineJson', () => {
  it('is read as it was, and holds nothing that ends a script, a comment or a line', () => {
    const value = { '</script>': ['<!--', '-->', '&', '\u2028\u2029'] };
    const text = inlineJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
  });
});

describe('plotData', () => {
  it('keeps the highest of the latencies, the mean of the rates and the last of the counts that it joins', () => {
    const samples = samplesOf(2_000).map((sample, index) => ({
      ...sample,
      eventsPerSecond: index % 2 === 0 ? 100 : 200,
      latency: index % 2 === 0 ? sample.latency && { ...sample.latency, max: 5_000 } : undefined,
    }));
    const { times, plots } = plotData(samples, PLOTS);
    const line = (id: string, name: string) =>
      plots.find((plot) => plot.id === id)?.lines.find((each) => each.name === name)?.values;
    expect(times.slice(0, 2)).toEqual([2, 4]);
    expect(line('open', 'open')?.slice(0, 2)).toEqual([200, 400]);
    expect(line('events', 'received')?.[0]).toBe(150);
    expect(line('latency', 'max')?.[0]).toBe(5_000);
  });

  it('leaves a gap in the seconds without an event that carried a time', () => {
    const samples = samplesOf(3).map((sample, index) => (index === 1 ? { ...sample, latency: undefined } : sample));
    const latency = plotData(samples, PLOTS).plots.find(({ id }) => id === 'latency');
    expect(latency?.lines[0]?.values[1]).toBeNull();
  });
});
