import { readFileSync } from 'node:fs';
import { type Circumstances, circumstances } from '../circumstances.js';
import { inShort, tableOf } from '../report.js';
import { type Results } from '../results.js';
import { judge, targets, type Verdict } from '../targets.js';
import { type Work } from '../works/work.js';
import { barChart } from './bar-chart.js';
import { escaped, prose } from './markup.js';

/** Stands where it was written, and not where the compiled code is. */
const stylesheet = new URL('../../../page/page.css', import.meta.url);

/** The whole run as one page that needs nothing from elsewhere. */
export function pageOf(works: readonly Work[], results: Results, run: Circumstances): string {
  return `${[
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Benchmark of nestjs-event-stream</title>',
    `<style>\n${readFileSync(stylesheet, 'utf8')}</style>`,
    '</head>',
    '<body>',
    '<header>',
    '<h1>Benchmark of nestjs-event-stream</h1>',
    ...circumstances(run).map((paragraph) => `<p>${prose(paragraph)}</p>`),
    legend(),
    overview(works, results),
    '</header>',
    '<main>',
    ...works.map((work) => section(work, results)),
    '</main>',
    '</body>',
    '</html>',
  ].join('\n')}\n`;
}

function legend(): string {
  return [
    '<ul class="legend">',
    '<li><i class="swatch ours"></i>nestjs-event-stream</li>',
    '<li><i class="swatch"></i>what one would use instead</li>',
    '<li><i class="swatch limit"></i>the strictest target for it</li>',
    '<li>Small numbers: the least and the most of the rounds</li>',
    '</ul>',
  ].join('\n');
}

function overview(works: readonly Work[], results: Results): string {
  const links = works.map((work) => {
    const verdicts = verdictsOn(work, results);
    const dots = verdicts.map((verdict) => `<i class="${stateOf(verdict)}"></i>`).join('');
    const holding = verdicts.filter(({ holds }) => holds).length;
    const words = `${holding} of ${verdicts.length} targets hold`;
    return `<a href="#${work.id}"><b>${work.id}</b> ${escaped(work.title)}<span title="${words}">${dots}</span></a>`;
  });
  return `<nav>\n${links.join('\n')}\n</nav>`;
}

function section(work: Work, results: Results): string {
  const drawn = work.metrics.filter(({ drawn }, index) => index === 0 || drawn);
  const charts = drawn.map((metric) => barChart(work, metric, results)).filter((chart) => chart !== '');
  const verdicts = verdictsOn(work, results);
  return [
    `<section id="${work.id}">`,
    `<h2><span>${work.id}</span> ${escaped(work.title)}</h2>`,
    charts.length > 0 ? charts.join('\n') : '<p class="missing">Not measured.</p>',
    ...(verdicts.length > 0 ? ['<ul class="targets">', ...verdicts.map(verdictItem), '</ul>'] : []),
    '<details><summary>How it is measured, and all numbers</summary>',
    `<p>${prose(work.how)}</p>`,
    numbers(work, results),
    '</details>',
    '</section>',
  ].join('\n');
}

function verdictsOn(work: Work, results: Results): Verdict[] {
  return targets.filter((target) => target.work === work.id).map((target) => judge(target, results));
}

function verdictItem(verdict: Verdict): string {
  const words = { holds: 'holds', missed: 'missed', unknown: 'not measured' }[stateOf(verdict)];
  const value = Number.isNaN(verdict.value) ? '' : `: ${inShort(verdict.value)}`;
  return `<li class="${stateOf(verdict)}"><b>${words}</b> ${escaped(verdict.claim)}${value}</li>`;
}

function stateOf({ holds }: Verdict): 'holds' | 'missed' | 'unknown' {
  if (holds === undefined) return 'unknown';
  return holds ? 'holds' : 'missed';
}

function numbers(work: Work, results: Results): string {
  const { head, rows } = tableOf(work, results);
  const line = (cells: string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return [
    '<div class="wide"><table>',
    `<thead>${line(head, 'th')}</thead>`,
    `<tbody>${rows.map((cells) => line(cells, 'td')).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}
