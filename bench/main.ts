import { mkdirSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { explainTooManyStreams } from '../apps/loadtest/src/explain-failures.js';
import { type Command, CommandLineError, parseCommandLine, USAGE } from './command-line.js';
import { documentOf } from './document.js';
import { type Machine, thisMachine } from './machine.js';
import { pageOf } from './page/benchmark-page.js';
import { profileDeliveries } from './profile-run.js';
import { asText, tableOf, targetsOf } from './report.js';
import { type Results } from './results.js';
import { runWorks } from './run.js';
import { judge, targets } from './targets.js';
import { works } from './works/index.js';
import { type Work } from './works/work.js';

/** Seconds for what is measured in the first round alone. */
const ONCE = 4;
const resultsFolder = new URL('../../results/', import.meta.url);

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2));
  if (!command) {
    console.log(USAGE);
    return 0;
  }
  const chosen = works.filter(({ id }) => command.only.includes(id));
  const most = Math.max(...chosen.map((work) => command.connections ?? work.connections));
  const tooMany = explainTooManyStreams(most);
  if (tooMany !== undefined) {
    console.error(tooMany);
    return 2;
  }
  if (command.profile) return (await profileDeliveries(command.connections ?? 5_000, console.log)) ? 0 : 1;
  const start = performance.now();
  if (command.connections === undefined) console.log(`About ${minutesFor(chosen, command.rounds)} minutes.`);
  const results = await runWorks(chosen, command.rounds, command.connections, console.log);
  const machine = thisMachine();
  print(chosen, results, command);
  console.log(`\n${((performance.now() - start) / 60_000).toFixed(1)} minutes. Node ${machine.node}, ${machine.cpu}`);
  save(results, machine, command);
  if (command.write !== undefined) write(command.write, chosen, results, machine, command);
  for (const failure of results.failures) console.error(failure);
  if (results.failures.length > 0) return 1;
  return command.connections === undefined ? exitCode(chosen, results) : 0;
}

/** Rounded up: on a busy machine it takes longer. */
function minutesFor(chosen: readonly Work[], rounds: number): number {
  const seconds = chosen.map(
    (work) => work.contenders.length * (work.seconds * rounds + (work.measureOnce ? ONCE : 0)),
  );
  return Math.ceil(seconds.reduce((all, some) => all + some, 0) / 60);
}

function print(chosen: readonly Work[], results: Results, { connections }: Command): void {
  for (const work of chosen) {
    console.log(`\n${work.id}  ${work.title}`);
    console.log(asText(tableOf(work, results)));
    const verdicts = targetsOf(work, results);
    if (connections === undefined && verdicts.rows.length > 0) console.log(`\n${asText(verdicts)}`);
  }
  if (connections !== undefined)
    console.log(`\n${connections} connections are not what the targets are about: no verdicts`);
}

function save({ samples, failures }: Results, machine: Machine, command: Command): void {
  mkdirSync(resultsFolder, { recursive: true });
  const at = new Date().toISOString();
  const file = new URL(`${at.replaceAll(':', '-')}.json`, resultsFolder);
  writeFileSync(file, `${JSON.stringify({ at, machine, command, samples, failures }, undefined, 2)}\n`);
}

/** The document, and the page with the bars beside it. */
function write(file: string, chosen: readonly Work[], results: Results, machine: Machine, { rounds }: Command): void {
  const run = { machine, command: ['npm run bench --', ...process.argv.slice(2)].join(' '), rounds };
  writeFileSync(file, documentOf(chosen, results, run));
  writeFileSync(`${file.replace(/\.md$/, '')}.html`, pageOf(chosen, results, run));
}

function exitCode(chosen: readonly Work[], results: Results): number {
  const verdicts = targets
    .filter(({ work }) => chosen.some(({ id }) => id === work))
    .map((target) => judge(target, results));
  return verdicts.some(({ holds }) => holds === false) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof CommandLineError ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 2;
}
