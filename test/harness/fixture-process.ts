import childProcess, { type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { type FixtureConfig } from '../fixture/config.js';
import { type Target } from './matrix.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = { 11: 'test/nest-11/dist/app/main.js', 12: 'test/fixture/dist/main.js' };
/** An application without streams ends in milliseconds. */
const END_TIME = 2_000;

/** How the process is started; one that is started in some way of its own plays no second application. */
export interface ProcessOptions {
  /** A command that starts the process, such as one that enters a network namespace. */
  launcher?: readonly string[];
  /** The Node that runs it. Default: the one that runs the tests. */
  node?: string;
}

/**
 * Processes without an application at the moment, by the version of Nest that they have loaded. Test files have module states
 * of their own, but all files of one of jest's workers share Node's modules: so this is kept at one.
 */
const idle = childProcess as unknown as Record<symbol, Record<Target['nest'], ChildProcess[]> | undefined>;
const IDLE = Symbol.for('idle fixture processes');

/** A process that runs the fixture. To load Nest and the library takes ten times as long as to start an application. */
export function startProcess(nest: Target['nest'], { launcher = [], node = process.execPath }: ProcessOptions = {}) {
  const [execPath, ...enter] = [...launcher, node];
  return childProcess.fork(join(ROOT, MAIN[nest]), {
    execPath,
    execArgv: [...enter, '--expose-gc', '--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  });
}

/** A process that ran an application of an earlier suite, else a new one. */
export function takeProcess(nest: Target['nest']): ChildProcess {
  const child = idle[IDLE]?.[nest].pop();
  if (!child) return startProcess(nest);
  letGo(child, false);
  for (const event of ['message', 'exit']) child.removeAllListeners(event);
  return child;
}

export function startApplication(child: ChildProcess, config: FixtureConfig): void {
  child.send({ start: config });
}

/** Ends the application, and keeps the process for the next suite. One whose application does not end is killed. */
export async function giveBack(child: ChildProcess, nest: Target['nest']): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || !(await ends(child))) return void child.kill('SIGKILL');
  for (const stream of [child.stdout, child.stderr]) stream?.removeAllListeners('data').resume();
  letGo(child, true);
  const all = (idle[IDLE] ??= { 11: [], 12: [] })[nest];
  all.push(child);
  child.once('exit', () => all.splice(all.indexOf(child) >>> 0, 1));
}

function ends(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    // Whatever comes first, nothing may stay behind that keeps jest's worker alive.
    const settle = (hasEnded: boolean) => {
      clearTimeout(timer);
      resolve(hasEnded);
    };
    const timer = setTimeout(settle, END_TIME, false);
    child.once('exit', () => settle(false));
    child.on('message', (message: { ended?: true }) => {
      if (message.ended) settle(true);
    });
    child.send({ end: true });
  });
}

/** What is idle must not keep jest's worker alive; it exits itself when the worker does, since its channel closes. */
function letGo(child: ChildProcess, free: boolean): void {
  for (const part of [child, child.channel, child.stdout, child.stderr] as (Refable | null | undefined)[])
    if (free) part?.unref();
    else part?.ref();
}

interface Refable {
  ref(): void;
  unref(): void;
}
