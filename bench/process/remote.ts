import { type ChildProcess, fork as forkChild } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { type Answer, type Call, type Commands } from './calls.js';

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export interface LaunchOptions {
  /** Options of Node. */
  execArgv: string[];
  stdio: ('ignore' | 'inherit' | 'ipc')[];
  env: NodeJS.ProcessEnv;
}

/** As the documentation of Express asks for, and as servers run. */
export const ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production' };

export type Launch = (script: URL, options: LaunchOptions) => ChildProcess;

/** A child process that answers calls, seen from its parent. */
export class Remote<C extends Commands<C>> {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /**
   * @param script the compiled file that the child runs
   * @param launch how the child is started
   */
  constructor(
    private readonly script: URL,
    nodeOptions: string[] = [],
    launch: Launch = forkChild,
  ) {
    this.#child = launch(script, {
      execArgv: nodeOptions,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: ENVIRONMENT,
    });
    this.#child.on('message', (answer: Answer) => this.#answered(answer));
    this.#child.once('exit', (code, signal) => this.#failAll(`exited with ${String(code ?? signal)}`));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#name()} did not start`);
    return this.#child.pid;
  }

  call<K extends keyof C & string>(command: K, argument: C[K]['takes']): Promise<C[K]['gives']> {
    const id = ++this.#lastId;
    const call: Call = { id, command, argument };
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#child.send(call, (error) => {
        if (error) reject(error);
      });
    });
  }

  /** Lets the child go and waits for its end. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await exit;
  }

  #answered({ id, value, error }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(new Error(`${this.#name()}: ${error}`));
  }

  #failAll(reason: string): void {
    for (const { reject } of this.#pending.values()) reject(new Error(`${this.#name()} ${reason}`));
    this.#pending.clear();
  }

  #name(): string {
    return this.script.pathname.split('/').slice(-2).join('/');
  }
}
