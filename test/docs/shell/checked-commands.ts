import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { parseCommandLine as parseLoadTest } from '../../../apps/loadtest/src/command-line/parse-command-line.js';
import { parseCommandLine as parseBenchmark } from '../../../bench/command-line.js';
import { parseCommandLine as parseChaos } from '../../chaos/command-line.js';
import { REPOSITORY, SOURCES } from '../folders.js';
import { PROGRAMS, SERVERS } from '../surroundings/terminal.js';
import { commandLines, commandOf, programsOf } from './commands.js';

interface Package {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const workspace = packageIn('');
const library = packageIn('libs/sse');

/** Scripts that take options, and the parsers of these. */
const PARSERS: Readonly<Record<string, (args: string[]) => unknown>> = {
  loadtest: parseLoadTest,
  bench: parseBenchmark,
  chaos: parseChaos,
  jest: parseJest,
};

/** What stands in the documents for something of the reader's. */
const PLACEHOLDERS: Readonly<Record<string, string>> = { URL: 'http://localhost:3000/events' };

/** Programs that are not run, since they would start too much or change this machine; what is said of them must be true. */
const CHECKS: Readonly<Record<string, (words: string[], variables: string[]) => string[]>> = {
  npm: checkNpm,
  npx: checkNpx,
  'redis-server': (words) => checkRedis(words),
};

/** What is wrong with those lines of a block that are not run. */
export function problemsOfCommands(code: string): string[] {
  return commandLines(code).flatMap((line) => {
    const { words, variables } = commandOf(line);
    const [program = '', ...args] = words;
    const check = SERVERS.test(line) ? checkServer : CHECKS[program];
    if (check) return check(args, variables).map((problem) => `${line}: ${problem}`);
    const unknown = programsOf(line).filter((one) => !PROGRAMS.has(one));
    return unknown.map(
      (one) => `${line}: nobody knows how to run or check ${one}, see test/docs/surroundings/terminal.ts`,
    );
  });
}

function checkNpm(words: string[], variables: string[]): string[] {
  const [command = '', ...args] = words;
  if (command === 'install' || command === 'i')
    return args.filter((name) => !/^-/.test(name) && !isKnown(name)).map((name) => `no ${name} here`);
  const script = command === 'run' ? (args[0] ?? '') : command;
  if (!workspace.scripts?.[script]) return [`package.json has no script ${script}`];
  const read = variables.filter((name) => !isRead(name)).map((name) => `nobody reads ${name}`);
  return [...read, ...checkOptions(script, args)];
}

function checkOptions(script: string, args: string[]): string[] {
  const options = args.slice(args.indexOf('--') + 1).map((word) => PLACEHOLDERS[word] ?? word);
  if (!args.includes('--') || options.includes('[options]')) return [];
  const parse = PARSERS[script];
  if (!parse) return [`nobody knows the options of ${script}: add its parser to test/docs/shell/checked-commands.ts`];
  try {
    parse(options);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** A file that is named must be among the tests. */
function parseJest(words: string[]): void {
  const { values } = parseArgs({
    args: words,
    options: {
      selectProjects: { type: 'string' },
      testPathPatterns: { type: 'string' },
      maxWorkers: { type: 'string' },
    },
  });
  const folders = ['libs/sse/src', 'apps/chat/src', 'apps/loadtest/src', 'bench'];
  const tests = folders.flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' }),
  );
  if (!tests.some((name) => name.includes(values.testPathPatterns ?? '') && name.endsWith('.spec.ts')))
    throw new Error('no test has such a path');
}

function checkNpx([program = '', ...args]: string[]): string[] {
  if (program !== 'tsc') return [`nobody knows how to check npx ${program}`];
  return ts.parseCommandLine(args).errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** What is compiled from a block by its name. */
function checkServer([path = '']: string[]): string[] {
  const source = path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  return existsSync(join(SOURCES, source)) ? [] : [`no block is ${source}`];
}

/** The options of the documents are those with which the tests start their own. */
function checkRedis(words: string[]): string[] {
  const harness = readFileSync(join(REPOSITORY, 'test/harness/redis-server.ts'), 'utf8');
  return words
    .filter((word) => word.startsWith('--') && !harness.includes(`'${word}'`))
    .map((word) => `unknown ${word}`);
}

function isKnown(name: string): boolean {
  const { dependencies, devDependencies } = workspace;
  return name === 'nestjs-event-stream' || name in { ...dependencies, ...devDependencies, ...library.peerDependencies };
}

function isRead(variable: string): boolean {
  return sourcesOf('apps').some((text) => new RegExp(`\\b${variable}\\b`).test(text));
}

let read: string[] | undefined;

function sourcesOf(folder: string): string[] {
  read ??= readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\/src\/.*(?<!\.spec)\.ts$/.test(name) && !/node_modules/.test(name))
    .map((name) => readFileSync(join(REPOSITORY, folder, name), 'utf8'));
  return read;
}

function packageIn(folder: string): Package {
  const path = join(REPOSITORY, folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Package) : {};
}
