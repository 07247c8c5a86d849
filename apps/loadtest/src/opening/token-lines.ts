import { type ChildProcessByStdio, spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { TokenError, type TokenSource } from './token-source.js';

/** Tokens that wait for their stream. Beyond that the command is not read, and stops at its full pipe. */
const MOST_AHEAD = 1_000;
const PATIENCE = 10_000;
const KEPT_ERRORS = 500;

interface Asker {
  resolve: (token: string) => void;
  reject: (error: TokenError) => void;
  timer: NodeJS.Timeout;
}

/**
 * One command for all streams: it prints a token on a line for each. It may print all of them at once
 * (`SSE_LOADTEST_CONNECTIONS` says how many), or each when it is asked: the number of the stream comes on a line of its input,
 * so that tickets which live for seconds are made when they are needed.
 */
export class TokenLines implements TokenSource {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #ahead: string[] = [];
  readonly #askers: Asker[] = [];
  #errors = '';
  #end: TokenError | undefined;
  #given = 0;

  constructor(command: string, connections: number) {
    this.#child = spawn(command, {
      shell: true,
      // A group of its own, which ends as a whole, and to which the terminal's Ctrl-C does not go.
      detached: true,
      env: { ...process.env, SSE_LOADTEST_CONNECTIONS: String(connections) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // Who prints all at once does not listen.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-KEPT_ERRORS);
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => this.#take(line.trim()));
    this.#child.once('error', (error) => this.#finish(error.message));
    this.#child.once('close', (code, signal) => this.#finish(`ended (${signal ?? `exit code ${String(code)}`})`));
  }

  next(index: number): Promise<string> {
    this.#child.stdin.write(`${index}\n`);
    const ready = this.#ahead.shift();
    if (this.#ahead.length < MOST_AHEAD / 2) this.#lines.resume();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#askers.splice(this.#askers.indexOf(asker), 1);
        reject(new TokenError(`--tokens-from printed no line for stream ${index} within ${PATIENCE / 1_000} s`));
      }, PATIENCE);
      const asker = { resolve, reject, timer };
      this.#askers.push(asker);
    });
  }

  close(): void {
    this.#child.stdin.destroy();
    this.#lines.close();
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid);
    } catch {
      // It ended by itself at this moment.
    }
  }

  #take(line: string): void {
    if (line === '') return;
    this.#given++;
    const asker = this.#askers.shift();
    if (asker) {
      clearTimeout(asker.timer);
      asker.resolve(line);
      return;
    }
    this.#ahead.push(line);
    if (this.#ahead.length >= MOST_AHEAD) this.#lines.pause();
  }

  #finish(how: string): void {
    const said = this.#errors.trim() === '' ? '' : `: ${this.#errors.trim()}`;
    this.#end ??= new TokenError(`--tokens-from ${how} after ${this.#given} tokens${said}`);
    for (const { reject, timer } of this.#askers.splice(0)) {
      clearTimeout(timer);
      reject(this.#end);
    }
  }
}
