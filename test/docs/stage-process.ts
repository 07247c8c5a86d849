import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Example } from './example.js';
import { STAGE_PROGRAM } from './project.js';

/** The process in which the examples run, one after the other, on the built package as in a reader's application. */
export class StageProcess {
  private readonly waiting = new Map<number, (problems: string[]) => void>();
  private output = '';
  private asked = 0;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (this.output += String(text)));
    child.on('message', ({ id, problems }: { id: number; problems: string[] }) => {
      this.waiting.get(id)?.(problems);
      this.waiting.delete(id);
    });
    child.once('exit', (code) => {
      for (const answer of this.waiting.values())
        answer([`The process has ended with ${String(code)}:\n${this.output}`]);
    });
  }

  static async start(): Promise<StageProcess> {
    const child = fork(STAGE_PROGRAM, {
      env: { PATH: process.env.PATH, CHROMIUM: process.env.CHROMIUM, HOME: process.env.HOME },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const stage = new StageProcess(child);
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`It has not started:\n${stage.output}`)));
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return stage;
  }

  /** @returns what went wrong */
  run(example: Example): Promise<string[]> {
    const id = ++this.asked;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.send({ id, example });
    });
  }

  async end(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
