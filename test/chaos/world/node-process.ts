import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { type NodeSettings } from '../node/settings.js';

/** Those that live, to be taken along when this process ends. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/**
 * One node of the application: a process that is killed, stopped, and started again on its socket. Those that it will be
 * started again as have been loaded before, so that a seed is as full on a busy machine as on a quiet one.
 */
export class NodeProcess {
  output = '';
  /** It was started, and not killed since. */
  isUp = false;
  private isAway = false;
  private current: ChildProcess | undefined;
  private readonly spares: ChildProcess[] = [];

  constructor(
    readonly name: string,
    private readonly script: string,
    private readonly settings: NodeSettings,
  ) {}

  /** Loads what it takes to be started so often. */
  async load(starts: number): Promise<void> {
    await Promise.all(Array.from({ length: starts }, () => this.loadOne()));
  }

  /** Resolves when it answers, or when it was killed before that. */
  async start(): Promise<void> {
    const child = this.spares.shift();
    if (!child) throw new Error(`${this.name} was not loaded so often`);
    this.current = child;
    // One that was killed leaves its socket's file behind.
    await rm(this.settings.socket, { force: true });
    child.send('start');
    await this.told(child);
    this.isUp = !child.killed;
  }

  async kill(): Promise<void> {
    this.isUp = false;
    if (this.current) await end(this.current);
  }

  /** Kills it, also while it starts. One that is away already comes back anyhow. */
  async restart(away: number): Promise<void> {
    if (this.isAway) return;
    this.isAway = true;
    await this.kill();
    await delay(away);
    this.isAway = false;
    await this.start();
  }

  /** It stands still, with all its connections open. */
  stop(): void {
    this.current?.kill('SIGSTOP');
  }

  goOn(): void {
    this.current?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await Promise.all([this.kill(), ...this.spares.map(end)]);
  }

  private async loadOne(): Promise<void> {
    const child = fork(this.script, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH, NO_COLOR: '1', NODE_SETTINGS: JSON.stringify(this.settings) },
    });
    this.spares.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    living.add(child);
    child.once('exit', () => living.delete(child));
    await this.told(child);
  }

  /** Resolves when the process says that it is done with what it was asked, or when it was killed. */
  private told(child: ChildProcess): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => {
        if (child.killed) resolve();
        else reject(new Error(`${this.name} ended at its start:\n${this.output}`));
      });
    });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
