import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BUILT_EXAMPLES, SOURCES } from './folders.js';

/** The application of the getting-started guide, as a process of its own on a free port. */
export class ExampleServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<ExampleServer> {
    const child = fork(join(BUILT_EXAMPLES, 'src/main.js'), {
      cwd: SOURCES,
      env: { PATH: process.env.PATH, NO_COLOR: '1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    const port = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (text) => {
          output += String(text);
          const listening = /^Open http:.*:(\d+)$/m.exec(output);
          if (listening?.[1]) resolve(listening[1]);
        });
      }
      child.once('exit', (code) => reject(new Error(`It exited with ${String(code)}:\n${output}`)));
    });
    return new ExampleServer(child, `http://127.0.0.1:${port}`);
  }

  /** Resolves with the code and the signal that the process ended with. */
  async end(signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return [exitCode, signalCode];
    const exited = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.child.kill(signal);
    return exited;
  }
}
