import { type Machine } from './machine.js';
import { asMarkdown, tableOf, targetsOf } from './report.js';
import { type Results } from './results.js';
import { type Work } from './works/work.js';

/** The whole run as a page of the documentation. */
export function documentOf(
  works: readonly Work[],
  results: Results,
  { machine, command, rounds }: { machine: Machine; command: string; rounds: number },
): string {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  const head = [
    '# Benchmark',
    'The same work for this library and for what one would use instead, in one run. Absolute numbers move from machine ' +
      'to machine; the ratios hold.',
    `Made by \`${command}\` on ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, ` +
      `Node ${machine.node}, with ${packages.join(', ')}.`,
    `Every contender is a server in a process of its own, with its default settings on HTTP/1.1 without compression; the clients ` +
      `are plain sockets in another process. The contenders take their turn within each of ${rounds} rounds, and each ` +
      `number is the median of the rounds. An event has about 210 bytes on the wire, with an id and a type.`,
  ];
  const sections = works.flatMap((work) => [
    `## ${work.id}: ${lowerFirst(work.title)}`,
    work.how,
    asMarkdown(tableOf(work, results)),
    asMarkdown(targetsOf(work, results)),
  ]);
  return `${[...head, ...sections].join('\n\n')}\n`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
