import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { application, buildWith, removeBuild } from './build.js';
import { type Command, CommandLineError, parseCommandLine, USAGE } from './command-line.js';
import { explain, hasFailed, lineOf } from './report.js';
import { sabotages } from './sabotage.js';
import { drawScenario, type Scenario } from './scenario.js';
import { runSeed, type SeedResult } from './seed-run.js';

const workspaceLibrary = fileURLToPath(new URL('../../../../libs/sse', import.meta.url));

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2));
  if (!command) {
    console.log(USAGE);
    return 0;
  }
  const sabotage = sabotages.find(({ name }) => name === command.sabotage);
  const { library = workspaceLibrary, whole } = command;
  const changes = whole ? [] : (sabotage?.changes ?? []);
  const isOwnBuild = changes.length > 0 || command.library !== undefined;
  try {
    const script = isOwnBuild ? await buildWith(library, changes) : application;
    return (await runAll(sabotage ? [sabotage.scenario] : drawAll(command), script, command)) ? 1 : 0;
  } finally {
    await removeBuild();
  }
}

function* drawAll({ first, seeds, only }: Command): Generator<Scenario> {
  for (let seed = first; seed < first + seeds; seed++) yield drawScenario(seed, only);
}

/** Returns whether one failed. */
async function runAll(scenarios: Iterable<Scenario>, script: string, command: Command): Promise<boolean> {
  const failed: number[] = [];
  for (const scenario of scenarios) if (!(await runOne(scenario, script, command))) failed.push(scenario.seed);
  console.log(failed.length > 0 ? `Failed: ${failed.join(', ')}` : 'Nothing lost, nothing twice, nothing out of order');
  return failed.length > 0;
}

/** Returns whether it is without fault. */
async function runOne(scenario: Scenario, script: string, { verbose, evidence }: Command): Promise<boolean> {
  try {
    const result = await runSeed(scenario, { script, log: verbose ? console.log : () => undefined });
    console.log(lineOf(result));
    if (!hasFailed(result)) return true;
    console.log(`\n${explain(result)}\n`);
    if (evidence !== undefined) save(result, evidence);
  } catch (error) {
    console.log(`seed ${scenario.seed} could not be played:`, error);
  }
  return false;
}

function save(result: SeedResult, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `seed-${result.scenario.seed}.json`), JSON.stringify(result, undefined, 1));
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof CommandLineError ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 2;
}
