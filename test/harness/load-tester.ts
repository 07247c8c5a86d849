import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type LoadReport } from '../../apps/loadtest/src/load-report.js';

const MAIN = join(import.meta.dirname, '../../apps/loadtest/dist/main.js');

/** What a run of the command has left. */
export interface LoadTesterResult {
  code: number | null;
  output: string;
  /** What `--json` wrote, if the run came to its report. */
  report?: LoadReport;
}

/** The load tester as a process, as its users start it. */
export class LoadTester {
  output = '';
  readonly ended: Promise<LoadTesterResult>;
  private readonly child;
  private readonly watchers = new Set<() => void>();

  private constructor(args: readonly string[], folder: string, env: NodeJS.ProcessEnv) {
    const file = join(folder, 'report.json');
    this.child = spawn(process.execPath, [MAIN, ...args, '--json', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A proxy of the environment must have no part in it.
      env: {
        PATH: process.env.PATH,
        NO_COLOR: '1',
        HTTP_PROXY: 'http://127.0.0.1:9',
        http_proxy: 'http://127.0.0.1:9',
        ...env,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const watcher of this.watchers) watcher();
      });
    }
    this.ended = once(this.child, 'close').then(async ([code]) => {
      const text = await readFile(file, 'utf8').catch(() => '');
      await rm(folder, { recursive: true });
      const report = text === '' ? undefined : (JSON.parse(text) as LoadReport);
      return { code: code as number | null, output: this.output, report };
    });
  }

  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<LoadTester> {
    return new LoadTester(args, await mkdtemp(join(tmpdir(), 'loadtest-')), env);
  }

  /** A whole run. */
  static async run(...args: string[]): Promise<Required<LoadTesterResult>> {
    return LoadTester.runIn({}, ...args);
  }

  /** A whole run in this environment. */
  static async runIn(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Required<LoadTesterResult>> {
    const { report, ...result } = await (await LoadTester.start(args, env)).ended;
    if (!report) throw new Error(`No report. Exit code ${String(result.code)}:\n${result.output}`);
    return { ...result, report };
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  async printed(text: string): Promise<void> {
    if (this.output.includes(text)) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!this.output.includes(text)) return;
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
    });
  }
}
