import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Example } from '../example.js';
import { SOURCES } from '../folders.js';

const PRELOAD = fileURLToPath(new URL('report-port.js', import.meta.url));

/** What the library logs when an application has started. */
const READY = /Event streams ready/;

/** Runs a program as a process of its own: it must start, answer if it is a server, and end when it is told to. */
export async function runProgram({ path = '', code }: Example): Promise<void> {
  const child = fork(path, {
    cwd: SOURCES,
    execArgv: ['--import', PRELOAD],
    env: { ...process.env, NO_COLOR: '1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += String(text)));
  const exited = once(child, 'exit');
  try {
    const failed = exited.then(() => Promise.reject(new Error(`It has ended:\n${output}`)));
    if (isServer(code)) {
      const [port] = (await Promise.race([once(child, 'message'), failed])) as [number];
      const { status } = await fetch(`http://127.0.0.1:${port}/`);
      if (status >= 500) throw new Error(`/ answered ${status}:\n${output}`);
    } else while (!READY.test(output)) await Promise.race([once(child.stdout ?? child, 'data'), failed]);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

function isServer(code: string): boolean {
  return code.includes('.listen(');
}
