import cluster, { type Worker } from 'node:cluster';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { RestartPause } from './restart-pause.js';

/** One of the places behind the port. A process that dies in it is followed by another one. */
export class ProcessPlace {
  private readonly logger = new Logger('Processes');
  private readonly pause = new RestartPause();
  private readonly closed = new AbortController();
  private worker: Worker | undefined;
  /** Who was told to make room for another. */
  private leaving: Worker | undefined;

  /**
   * @param env what its processes have beside the environment of this one
   * @param patience ms that a process has to go when it is told to
   */
  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly patience: number,
  ) {}

  /** Resolves when the place is closed, and nobody in it any more. */
  async keep(): Promise<void> {
    while (!this.isClosed()) {
      const born = performance.now();
      const worker = (this.worker = cluster.fork(this.env));
      const end = await endOf(worker);
      this.worker = undefined;
      if (this.isClosed() || this.leaving === worker) continue;
      const pause = this.pause.after(performance.now() - born);
      this.logger.error(`Process ${worker.process.pid} died (${end}). Another one follows in ${pause} ms`);
      // Not unref'd: while all places are empty, nothing else keeps the process alive that is to fill them.
      await delay(pause, undefined, { signal: this.closed.signal }).catch(() => undefined);
    }
  }

  /** Its process gives up its streams and goes; none follows. */
  close(): void {
    this.closed.abort();
    if (this.worker) this.dismiss(this.worker);
  }

  /** Its process gives up its streams and goes; another one follows at once. Returns who goes. */
  renew(): Worker | undefined {
    this.leaving = this.worker;
    if (this.leaving) this.dismiss(this.leaving);
    return this.leaving;
  }

  private isClosed(): boolean {
    return this.closed.signal.aborted;
  }

  private dismiss(worker: Worker): void {
    worker.process.kill('SIGTERM');
    const cut = setTimeout(() => {
      this.logger.error(`Process ${worker.process.pid} was told to go ${this.patience} ms ago, and is killed`);
      worker.process.kill('SIGKILL');
    }, this.patience).unref();
    worker.once('exit', () => clearTimeout(cut));
  }
}

/** Resolves with how it ended, in a word. */
function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once('exit', (code: number, signal: string | null) => resolve(signal ?? `exit code ${code}`));
    // One that could not be started has no exit. What was on its way to one that has just died is an error too, and none of its.
    worker.on('error', ({ message }: Error) => {
      if (worker.process.pid === undefined) resolve(message);
    });
  });
}
