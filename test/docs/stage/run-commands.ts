import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Example } from '../example.js';
import { answerTo, isMet } from '../expected-answers.js';
import { runnableLines } from '../shell/commands.js';
import { FILES, SHIMS } from '../surroundings/terminal.js';
import { type ExampleApplication } from './example-application.js';
import { applicationOf } from './run-module.js';
import { nudge } from './visit.js';

/** Runs those lines of a block that a terminal can run here, against the document's application. */
export async function runCommands(example: Example): Promise<void> {
  const lines = runnableLines(example.code);
  if (lines.length === 0) return;
  const app = await applicationOf(example);
  const folder = await mkdtemp(join(tmpdir(), 'sse-terminal-'));
  // No client waits for the end of a stream: it gets an event, and the stream ends.
  const streams = app.connections.opened$.subscribe((connection) => {
    void nudge(app, connection).then(() => connection.close());
  });
  try {
    await furnish(folder);
    await runScript(lines.join('\n'), folder, app, example);
  } finally {
    streams.unsubscribe();
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runScript(
  script: string,
  folder: string,
  app: ExampleApplication,
  { document }: Example,
): Promise<void> {
  const { port } = new URL(app.url);
  const text = script
    .replaceAll(/:3000\b/g, `:${port}`)
    .replaceAll('https://', 'http://')
    .replaceAll(/(?<![\w$])(HOST|PID)\b(?!=)/g, '$$$1');
  const decoy = /\bPID\b|\bpgrep\b/.test(text)
    ? spawn(process.execPath, [join(folder, 'dist/main.js'), 'serve'], { stdio: 'ignore' })
    : undefined;
  const gone = decoy && once(decoy, 'exit');
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
    HOST: '127.0.0.1',
    PID: String(decoy?.pid),
    PORT_OF_THE_APPLICATION: port,
    PORT_OF_REDIS: new URL(process.env.REDIS_URL ?? '').port,
  };
  const shell = spawn('bash', ['-e', '-c', text], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(shell, 'close')) as [number];
  decoy?.kill('SIGKILL');
  await gone;
  if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${output}`);
  for (const [, status, url = ''] of output.matchAll(/^curl: answered (\d+) (\S+)$/gm)) {
    const path = new URL(url).pathname;
    const expected = answerTo(document, `curl ${path}`);
    if (!isMet(expected, Number(status)))
      throw new Error(`${path} answered ${status ?? ''} and not ${expected}:\n${output}`);
  }
}

/** Programs that are bounded, and what the documents take for granted to be there. */
async function furnish(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await mkdir(join(folder, 'bin'));
  for (const [name, script] of Object.entries(SHIMS)) {
    const path = join(folder, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
}
