import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../apps/chat/dist/main.js', import.meta.url));

export const ADMIN_PASSWORD = 'of the admins of the tests';

/** How the chat is set up where people are played by tests, who do not like to wait. An empty one is the chat's own. */
export const CHAT_ENVIRONMENT = {
  ADMIN_PASSWORD,
  SESSION_SECRET: 'of the tests, and long enough to sign tokens',
  SESSION_LIFE: '',
  REDIS_URL: '',
  RECONNECT_AFTER: '300',
  PRESENCE_GRACE: '1000',
};

/** How a node of the chat is started. */
export interface ChatServerInit {
  /** Default: a free one. */
  port?: number;
  /** The Redis that it shares with other nodes. Default: none, it is alone. */
  redis?: string;
  /** What else is set, and what is set otherwise. */
  env?: NodeJS.ProcessEnv;
}

/** The chat as a process of its own, as `npm start` runs it, so that it can be killed. */
export class ChatServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly init: ChatServerInit,
    readonly url: string,
    /** What it has printed so far. */
    readonly output: () => string,
  ) {}

  static async start(init: ChatServerInit = {}): Promise<ChatServer> {
    const child = spawn(process.execPath, [entry], {
      env: {
        ...process.env,
        ...CHAT_ENVIRONMENT,
        PORT: String(init.port ?? 0),
        REDIS_URL: init.redis ?? '',
        ...init.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (text: Buffer) => {
          output += text.toString();
          const open = /http:\/\/localhost:\d+/.exec(output)?.[0];
          if (open !== undefined) resolve(open);
        });
      }
      child.once('exit', () => reject(new Error(`The chat did not start: ${output}`)));
    });
    return new ChatServer(child, init, url, () => output);
  }

  /** The same node again, as a new process on the same port. */
  async restart(): Promise<ChatServer> {
    await this.kill();
    return ChatServer.start({ ...this.init, port: this.port });
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Without a goodbye, as a machine that loses its power. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As a process manager does it. Resolves when the process is gone, with its exit code or the signal that ended it. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill(signal);
      await exited;
    }
    return this.child.exitCode ?? this.child.signalCode;
  }
}
