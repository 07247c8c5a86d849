import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SOURCES } from '../folders.js';

const PRELOAD = fileURLToPath(new URL('report-port.js', import.meta.url));

/** A program that runs as a process of its own, on a free port if it is a server. */
export class Program {
  output = '';
  private readonly exited: Promise<unknown>;
  private readonly failed: Promise<never>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (this.output += String(text)));
    this.exited = once(child, 'exit');
    this.failed = this.exited.then(() => Promise.reject(new Error(`It has ended:\n${this.output}`)));
    this.failed.catch(() => undefined);
  }

  static start(path: string): Program {
    const child = fork(path, {
      cwd: SOURCES,
      execArgv: ['--import', PRELOAD],
      env: { ...process.env, NO_COLOR: '1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new Program(child);
  }

  /** Resolves when it listens, with where. */
  async listening(): Promise<string> {
    const [port] = (await Promise.race([once(this.child, 'message'), this.failed])) as [number];
    return `http://127.0.0.1:${port}`;
  }

  async hasSaid(text: RegExp): Promise<void> {
    while (!text.test(this.output)) await Promise.race([once(this.child.stdout ?? this.child, 'data'), this.failed]);
  }

  async end(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
  }
}
