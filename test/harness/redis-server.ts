import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How a Redis of a test's own is started. */
export interface RedisServerInit {
  /** Arguments for `redis-server`, after those of ours: the last of a kind holds. */
  args?: readonly string[];
  /** Where it keeps its data. Default: a new directory, removed in the end. */
  dir?: string;
  /** Default: a free one. */
  port?: number;
}

const PATIENCE = 10_000;

/** A `redis-server` of a test's own: on a port of its own, with data of its own, to be killed and started again at will. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly dir: string,
    private readonly ownsDir: boolean,
    private args: readonly string[],
  ) {}

  static async start({ args = [], dir, port }: RedisServerInit = {}): Promise<RedisServer> {
    const home = dir ?? (await mkdtemp(join(tmpdir(), 'sse-redis-')));
    // Somebody else may take a port that was free a moment ago.
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(port ?? (await freePort()), home, dir === undefined, args);
      try {
        await server.launch();
        return server;
      } catch (error) {
        if (port !== undefined || attempt === 5) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  get isRunning(): boolean {
    return this.process !== undefined;
  }

  /** Ends it as a machine that fails does; what it has not written is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.process;
    if (!running) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  }

  /** Stops it for a while without ending it. */
  pause(): void {
    this.process?.kill('SIGSTOP');
  }

  resume(): void {
    this.process?.kill('SIGCONT');
  }

  /** Starts it again on its port: with the data that it wrote, or with none. */
  async restart({ keepData = true, args }: { keepData?: boolean; args?: readonly string[] } = {}): Promise<void> {
    await this.kill();
    if (!keepData) await this.clearData();
    if (args) this.args = args;
    await this.launch();
  }

  /** Starts it again after a `kill()`. */
  async launch(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.dir, '--save', ''];
    const child = spawn('redis-server', [...args, '--loglevel', 'warning', ...this.args], { stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    this.process = child;
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
      if (this.process === child) this.process = undefined;
      throw new Error(`redis-server on port ${this.port} ended with ${String(code ?? signal)}:\n${output}`);
    });
    ended.catch(() => undefined);
    await Promise.race([this.answers(child), ended]);
  }

  /** Sends one command on a connection of its own, in the inline form, and resolves with the raw reply. */
  command(...words: (string | number)[]): Promise<string> {
    const line = words.map((word) => JSON.stringify(String(word))).join(' ');
    return exchange(this.port, `${line}\r\n`);
  }

  /** Writes its data to disk, for a later start with them. */
  async save(): Promise<void> {
    await this.command('SAVE');
  }

  private async clearData(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
    await mkdir(this.dir, { recursive: true });
  }

  /** Ends it for good, and removes what it left. */
  async stop(): Promise<void> {
    await this.kill();
    if (this.ownsDir) await rm(this.dir, { recursive: true, force: true });
  }

  private async answers(child: ChildProcess): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      if (this.process !== child) return;
      const reply = await this.command('PING').catch(() => '');
      // A password that is asked for is an answer too; LOADING is none yet.
      if (reply.startsWith('+PONG') || reply.startsWith('-NOAUTH')) return;
      await delay(10);
    }
    throw new Error(`redis-server on port ${this.port} did not answer within ${PATIENCE} ms`);
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(request);
    const [reply] = (await once(socket, 'data', { signal: AbortSignal.timeout(2_000) })) as [Buffer];
    return reply.toString();
  } finally {
    socket.destroy();
  }
}
