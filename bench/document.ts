import { type Circumstances, circumstances } from './circumstances.js';
import { asMarkdown, tableOf, targetsOf } from './report.js';
import { type Results } from './results.js';
import { type Work } from './works/work.js';

/** The whole run as a guide of the documentation. */
export function documentOf(works: readonly Work[], results: Results, run: Circumstances): string {
  const head = [
    '# Benchmark',
    ...circumstances(run),
    'What each work and each number means, and how to repeat this: [performance](performance.md). The same as bars: ' +
      '[benchmark.html](benchmark.html).',
  ];
  const sections = works.flatMap((work) => [
    `## ${work.id}: ${lowerFirst(work.title)}`,
    work.how,
    ...[tableOf(work, results), targetsOf(work, results)].filter(({ rows }) => rows.length > 0).map(asMarkdown),
  ]);
  return `${[...head, ...sections].join('\n\n')}\n`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
