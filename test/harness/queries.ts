import { type Scrape } from './scrape.js';

/** Labels that Prometheus adds itself. */
const ADDED = ['job', 'instance'];
const SUFFIX = /_(?:bucket|sum|count)$/;

/** What is wrong with queries against what is really served, one line each. */
export function problemsOf(query: string, scrape: Scrape, legend = ''): string[] {
  const bare = query.replace(/"[^"]*"/g, '""');
  const metrics = [...new Set([...bare.matchAll(/\bsse_\w+/g)].map(([name]) => name))];
  const known = new Map(metrics.map((name) => [name, labelsOf(name, scrape)]));
  const ofQuery = [...ADDED, ...[...known.values()].flatMap((labels) => labels ?? [])];
  const problems = [
    ...metrics.filter((name) => !known.get(name)).map((name) => `there is no metric ${name}`),
    ...strangers(bare).map((name) => `${name} is no metric of ours`),
    ...metrics.filter((name) => isRated(name, scrape) !== isAskedByRate(bare, name)).map((name) => `rate of ${name}`),
    ...[...bare.matchAll(/(sse_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', matchers = '']) =>
      keysIn(matchers)
        .filter((label) => ![...ADDED, ...(known.get(name) ?? [])].includes(label))
        .map((label) => `${name} has no label ${label}`),
    ),
    ...[...grouped(bare), ...inLegend(legend)]
      .filter((label) => !ofQuery.includes(label))
      .map((label) => `no metric has the label ${label}`),
  ];
  return problems.map((problem) => `${problem}: ${query}`);
}

function labelsOf(name: string, { samples }: Scrape): string[] | undefined {
  const found = samples.filter((sample) => sample.name === name);
  return found.length === 0 ? undefined : [...new Set(found.flatMap(({ labels }) => Object.keys(labels)))];
}

/** A counter says something only by how it grows, and so do the parts of a histogram. */
function isRated(name: string, { types }: Scrape): boolean {
  return types.get(name) === 'counter' || (!types.has(name) && types.get(name.replace(SUFFIX, '')) === 'histogram');
}

function isAskedByRate(query: string, name: string): boolean {
  return new RegExp(`\\brate\\(${name}\\b`).test(query);
}

/** What stands where a metric does. */
function strangers(query: string): string[] {
  return [...query.matchAll(/\b([a-zA-Z_:]\w*)\s*[{[]/g)]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('sse_'));
}

function keysIn(matchers: string): string[] {
  return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
}

function grouped(query: string): string[] {
  return [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((one) => one.trim()),
  );
}

function inLegend(legend: string): string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
}
