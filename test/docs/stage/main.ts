import { execFileSync } from 'node:child_process';
import { register } from 'node:module';
import { type Example, type Way } from '../example.js';
import { RedisServer } from '../../harness/redis-server.js';
import { SOURCES } from '../folders.js';
import '../surroundings/visitor.js';
import { closeBrowser, runPage, runPageCode } from './browser.js';
import { takeErrors } from './log.js';
import { runCommands } from './run-commands.js';
import { runModule } from './run-module.js';
import { runProgram } from './run-program.js';
import { runScript } from './run-script.js';

/** The ways that need a running application; the others are no more than read. */
const RUN: Readonly<Partial<Record<Way, (example: Example) => Promise<void>>>> = {
  module: runModule,
  tests: runModule,
  program: runProgram,
  'page code': runPageCode,
  script: runScript,
  page: runPage,
  commands: runCommands,
};
const PATIENCE = 25_000;
const SELF_SIGNED = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost'.split(' ');

let problems: string[] = [];

process.on('unhandledRejection', (error) => problems.push(describe(error)));
process.on('uncaughtException', (error) => problems.push(describe(error)));

register(new URL('fresh-imports.js', import.meta.url));
// What examples read from where they run.
process.chdir(SOURCES);
execFileSync('openssl', [...SELF_SIGNED, '-keyout', 'key.pem', '-out', 'cert.pem'], { stdio: 'pipe' });
const redis = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
process.env.REDIS_URL = redis.url;

process.on('message', ({ id, example }: { id: number; example: Example }) => {
  void run(example).then((found) => process.send?.({ id, problems: found }));
});
process.on('disconnect', () => {
  void Promise.all([redis.stop(), closeBrowser()]).then(() => process.exit());
});
process.send?.({ ready: true });

async function run(example: Example): Promise<string[]> {
  problems = [];
  const tooLong = new Promise<never>((_, reject) => {
    setTimeout(reject, PATIENCE, new Error(`It has not ended within ${PATIENCE} ms`)).unref();
  });
  try {
    await Promise.race([RUN[example.way]?.(example), tooLong]);
  } catch (error) {
    problems.push(describe(error));
  }
  const logged = takeErrors();
  // Tests say themselves what is wrong: some have an error logged on purpose.
  return example.way === 'tests' ? problems : [...problems, ...logged];
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
