import { type LoadReport } from '../load-report.js';
import { escaped, inlineJson } from './markup.js';
import { counted, duration } from './number-format.js';
import { contentSecurityPolicy, readPageParts } from './page-parts.js';
import { plotData } from './plot-data.js';
import { type PlotDescription, PLOTS } from './plot-list.js';
import { faults, limits, overview, publishing, streams, times, verdicts } from './report-sections.js';

/** A run as one page, with plots over time, that needs nothing from elsewhere: to be kept, sent, and opened anywhere. */
export function htmlReport(report: LoadReport): string {
  const parts = readPageParts();
  const plots = report.samples.length === 0 ? [] : PLOTS.filter(({ isKnown }) => isKnown?.(report) ?? true);
  return `${[
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(parts)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>Load test of ${escaped(report.urls[0] ?? '')}</title>`,
    `<link rel="icon" href="${parts.icon}">`,
    ...parts.styles.map((text) => `<style>${text}</style>`),
    '</head>',
    '<body>',
    heading(report),
    '<main>',
    limits(report),
    overview(report),
    ...plots.map((plot) => plotCard(plot, report)),
    verdicts(report),
    streams(report),
    times(report),
    faults(report),
    publishing(report),
    '</main>',
    `<script type="application/json" id="plots">${inlineJson(plotData(report.samples, plots))}</script>`,
    ...parts.scripts.map((text) => `<script>${text}</script>`),
    '</body>',
    '</html>',
  ]
    .filter((line) => line !== '')
    .join('\n')}\n`;
}

function heading({ urls, startedAt, connections, seconds, verdicts }: LoadReport): string {
  const began = startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  const broken = verdicts.filter(({ isKept }) => !isKept).length;
  const words = broken === 0 ? 'thresholds kept' : `${broken} of ${verdicts.length} thresholds broken`;
  const verdict = `<span class="verdict ${broken === 0 ? 'kept' : 'broken'}">${words}</span>`;
  return [
    `<header><h1>Load test ${verdicts.length === 0 ? '' : verdict}</h1>`,
    `<ul class="urls">${urls.map((url) => `<li>${escaped(url)}</li>`).join('')}</ul>`,
    `<p class="when">${counted(connections, 'stream')}, ${duration(seconds)}, from ${escaped(began)}</p></header>`,
  ].join('\n');
}

function plotCard({ id, title, lines }: PlotDescription, report: LoadReport): string {
  const legend = lines.map(({ name, summaryOf }, index) => {
    const swatch = `<i class="swatch swatch-${index}"></i>`;
    return `<div><dt>${swatch}${escaped(name)}</dt><dd>${escaped(summaryOf(report))}</dd></div>`;
  });
  return [
    `<section class="card plot" id="${id}">`,
    `<header><h2>${escaped(title)}</h2><dl>${legend.join('')}</dl></header>`,
    '<div class="drawing" aria-hidden="true"></div>',
    '</section>',
  ].join('\n');
}
