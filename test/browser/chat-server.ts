import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../apps/chat/dist/main.js', import.meta.url));

/** The chat as a process of its own, as `npm start` runs it, so that it can be killed. */
export class ChatServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Port 0 takes a free one, which `url` then names. */
  static async start(port = 0): Promise<ChatServer> {
    const child = spawn(process.execPath, [entry], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of child.stdout) {
      output += String(chunk);
      const url = /http:\/\/localhost:\d+/.exec(output)?.[0];
      if (url !== undefined) {
        child.stdout.resume();
        return new ChatServer(child, url);
      }
    }
    throw new Error(`The chat did not start: ${output}`);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Without a goodbye, as a machine that loses its power. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As a process manager does it. Resolves when the process is gone. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
