import cluster, { type Address, type Worker } from 'node:cluster';
import { once } from 'node:events';
import process from 'node:process';
import { Logger } from '@nestjs/common';
import { type ProcessPlace } from './process-place.js';

/** So many in a row that die before they listen are no accident. */
const FAILED_STARTS = 3;

/**
 * The processes behind one port, seen from the one that has started them: it takes the connections, deals them out in
 * turn, and holds no stream itself.
 */
export class ProcessGroup {
  private readonly logger = new Logger('Processes');
  private readonly kept: Promise<void>[] = [];
  private readonly listening = new Set<Worker>();
  /** Those that were told to make room for another. */
  private readonly leaving = new WeakSet<Worker>();
  private failedStarts = 0;
  private isStopping = false;
  private isRenewing = false;

  constructor(private readonly places: readonly ProcessPlace[]) {
    cluster.on('listening', (worker) => this.noteListening(worker));
    cluster.on('exit', (worker, _code, signal) => this.noteExit(worker, signal));
  }

  /** Resolves with the port when all listen. */
  async start(): Promise<number> {
    const [first, ...others] = this.places;
    // What keeps the first from listening would keep all from it: so it is not said by each of them.
    if (first) this.kept.push(first.keep());
    const [, { port }] = (await once(cluster, 'listening')) as [Worker, Address];
    this.kept.push(...others.map((place) => place.keep()));
    await this.untilAllListen();
    return port;
  }

  /** One after the other is followed by a new process. If one of these does not come to listen, the rest stay as they are. */
  async renew(): Promise<void> {
    if (this.isRenewing) return;
    this.isRenewing = true;
    for (const place of this.places) {
      const leaving = place.renew();
      if (leaving) this.noteLeaving(leaving);
      await this.untilAllListen();
    }
    this.isRenewing = false;
  }

  /** Tells all to go, and ends this process when they are gone: with 0, if all of them went by themselves. */
  async stop(exitCode = 0): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    process.exitCode = exitCode;
    for (const place of this.places) place.close();
    await Promise.all(this.kept);
    process.exit();
  }

  private async untilAllListen(): Promise<void> {
    while (this.listening.size < this.places.length) await once(cluster, 'listening');
  }

  private noteListening(worker: Worker): void {
    this.listening.add(worker);
    this.failedStarts = 0;
  }

  private noteLeaving(worker: Worker): void {
    this.leaving.add(worker);
    this.listening.delete(worker);
  }

  private noteExit(worker: Worker, signal: string): void {
    const hasListened = this.listening.delete(worker) || this.leaving.has(worker);
    if (this.isStopping) {
      if (signal === 'SIGKILL') process.exitCode = 1;
      return;
    }
    if (!hasListened) this.failedStarts++;
    if (this.failedStarts < FAILED_STARTS || this.listening.size > 0) return;
    this.logger.error(`Given up: ${FAILED_STARTS} processes in a row died before they listened. They have said why`);
    void this.stop(1);
  }
}
