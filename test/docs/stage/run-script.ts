import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Example } from '../example.js';
import { REPOSITORY } from '../folders.js';
import { INPUT, SCRIPT_SERVERS } from '../surroundings/terminal.js';
import { applicationOf } from './run-module.js';
import { Program } from './program.js';

/** Runs JavaScript for Node with a line of input, against a server: it must end well, and print a line that says something. */
export async function runScript(example: Example): Promise<void> {
  const server = await serverFor(example);
  try {
    const output = await runOn(example.code, server.url);
    if (!/\S/.test(output) || /^undefined$/m.test(output)) throw new Error(`It has printed:\n${output}`);
  } finally {
    await server.end();
  }
}

async function runOn(code: string, url: string): Promise<string> {
  const script = code.replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1):3000\b/g, url);
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', `${script}\n`]);
  return (await feed(run)).stdout;
}

/** A script that reads no input has ended before it gets any. */
function feed<T extends { child: { stdin: NodeJS.WritableStream | null } }>(run: T): T {
  run.child.stdin?.on('error', () => undefined);
  run.child.stdin?.end(INPUT);
  return run;
}

/** The one that the document means, else the application that it shows. */
async function serverFor(example: Example): Promise<{ url: string; end(): Promise<void> }> {
  const path = SCRIPT_SERVERS[example.document];
  if (path === undefined) {
    const app = await applicationOf(example);
    return { url: app.url, end: () => app.close() };
  }
  const program = Program.start(join(REPOSITORY, path));
  return { url: await program.listening(), end: () => program.end() };
}
