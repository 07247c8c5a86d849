import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SystemCalls {
  all: number;
  /** Those that put bytes on a socket, of whatever name. */
  writes: number;
}

const WRITES = new Set(['write', 'writev', 'sendto', 'sendmsg', 'sendmmsg']);

/** Counts the system calls of all threads of a process between start and stop, by strace. */
export class SystemCallCount {
  private constructor(
    private readonly strace: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @returns `undefined` where there is no strace, or it may not look at the process */
  static async start(pid: number): Promise<SystemCallCount | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'sse-bench-'));
    const count = new SystemCallCount(straceOf(pid, summaryIn(folder)), folder);
    if (await count.isAttached()) return count;
    await rm(folder, { recursive: true });
    return undefined;
  }

  async stop(): Promise<SystemCalls> {
    const exit = once(this.strace, 'exit');
    this.strace.kill('SIGINT');
    await exit;
    const summary = await readFile(summaryIn(this.folder), 'utf8');
    await rm(this.folder, { recursive: true });
    return readSummary(summary);
  }

  /** It says so when it is attached, and ends, or does not even begin, where it can't be. */
  private isAttached(): Promise<boolean> {
    return new Promise((resolve) => {
      this.strace.stderr?.on('data', (text: Buffer) => {
        if (text.includes('attached')) resolve(true);
      });
      this.strace.once('error', () => resolve(false));
      this.strace.once('exit', () => resolve(false));
    });
  }
}

function straceOf(pid: number, summary: string): ChildProcess {
  const args = ['-c', '-f', '-U', 'calls,name', '-o', summary, '-p', String(pid)];
  return spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function summaryIn(folder: string): string {
  return join(folder, 'summary');
}

/** Lines of a count and a name, the last being the total. */
function readSummary(summary: string): SystemCalls {
  let all = 0;
  let writes = 0;
  for (const [, count, name = ''] of summary.matchAll(/^ *(\d+) +(\w+)$/gm)) {
    if (name === 'total') continue;
    all += Number(count);
    if (WRITES.has(name)) writes += Number(count);
  }
  return { all, writes };
}
