import { exec } from 'node:child_process';
import process from 'node:process';
import { TokenError, type TokenSource } from './token-source.js';

/** Processes at once: more would take the time of the server under test. */
const AT_ONCE = 4;
const PATIENCE = 10_000;
const MAX_OUTPUT = 65_536;

/** Runs a command for each stream, with its number in `{n}` and in `SSE_LOADTEST_N`; what it prints is the token. */
export class TokenCommand implements TokenSource {
  readonly #stop = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(private readonly command: string) {}

  async next(index: number): Promise<string> {
    if (this.#running === AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await this.#run(index);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  close(): void {
    this.#stop.abort();
  }

  #run(index: number): Promise<string> {
    const command = this.command.replaceAll('{n}', String(index));
    const options = {
      env: { ...process.env, SSE_LOADTEST_N: String(index) },
      timeout: PATIENCE,
      maxBuffer: MAX_OUTPUT,
      signal: this.#stop.signal,
    };
    return new Promise((resolve, reject) => {
      exec(command, options, (error, stdout, stderr) => {
        const token = stdout.trim();
        if (error) {
          const why = error.killed === true ? `took longer than ${PATIENCE / 1_000} s` : `failed: ${stderr.trim()}`;
          reject(new TokenError(`--token-command for stream ${index} ${why}`));
        } else if (token === '' || /[\r\n\0]/.test(token)) {
          const printed = token === '' ? 'nothing' : 'more than one line';
          reject(
            new TokenError(`--token-command for stream ${index} printed ${printed}: let it print the token alone`),
          );
        } else resolve(token);
      });
    });
  }
}
