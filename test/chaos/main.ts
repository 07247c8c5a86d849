import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { application, buildWith, removeBuild } from './build.js';
import { type Command, CommandLineError, parseCommandLine, USAGE } from './command-line.js';
import { explain, hasFailed, lineOf } from './report.js';
import { type Sabotage, sabotages } from './sabotage.js';
import { drawScenario, type Scenario } from './scenario.js';
import { runSeed, type SeedResult } from './seed-run.js';

const workspaceLibrary = fileURLToPath(new URL('../../../../libs/sse', import.meta.url));

const SABOTAGED_SEEDS = 4;

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2));
  if (!command) {
    console.log(USAGE);
    return 0;
  }
  const sabotage = sabotages.find(({ name }) => name === command.sabotage);
  const { library, whole } = command;
  const changes = whole ? [] : (sabotage?.changes ?? []);
  try {
    const isOwnBuild = changes.length > 0 || library !== undefined;
    const script = isOwnBuild ? await buildWith(library ?? workspaceLibrary, changes) : application;
    if (sabotage && !whole) return (await findOut(sabotage, script, command)) ? 1 : 0;
    return (await playAll(sabotage ? [sabotage.scenario] : drawAll(command), script, command)) ? 0 : 1;
  } finally {
    await removeBuild();
  }
}

function* drawAll({ first, seeds, only }: Command): Generator<Scenario> {
  for (let seed = first; seed < first + seeds; seed++) yield drawScenario(seed, only);
}

/** Returns whether all are without fault. */
async function playAll(scenarios: Iterable<Scenario>, script: string, command: Command): Promise<boolean> {
  const failed: number[] = [];
  for (const scenario of scenarios) {
    const result = await play(scenario, script, command);
    if (!result || hasFailed(result)) failed.push(scenario.seed);
  }
  console.log(failed.length > 0 ? `Failed: ${failed.join(', ')}` : 'Nothing lost, nothing twice, nothing out of order');
  return failed.length === 0;
}

/** Returns whether the oracle finds what was broken, in a few seeds: whether it comes to light is a matter of moments. */
async function findOut({ finds, scenario }: Sabotage, script: string, command: Command): Promise<boolean> {
  for (let attempt = 0; attempt < SABOTAGED_SEEDS; attempt++) {
    const result = await play({ ...scenario, seed: scenario.seed + attempt }, script, command);
    if (!result?.violations.some(({ kind }) => kind === finds)) continue;
    console.log(`Found: ${finds}`);
    return true;
  }
  return false;
}

async function play(
  scenario: Scenario,
  script: string,
  { verbose, evidence }: Command,
): Promise<SeedResult | undefined> {
  try {
    const result = await runSeed(scenario, { script, log: verbose ? console.log : () => undefined });
    console.log(lineOf(result));
    if (!hasFailed(result)) return result;
    console.log(`\n${explain(result)}\n`);
    if (evidence !== undefined) save(result, evidence);
    return result;
  } catch (error) {
    console.log(`seed ${scenario.seed} could not be played:`, error);
    return undefined;
  }
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
