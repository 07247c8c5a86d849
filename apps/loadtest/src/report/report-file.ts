import { closeSync, openSync, writeFileSync } from 'node:fs';
import { CommandLineError } from '../command-line/values.js';
import { type LoadReport } from '../load-report.js';

/** Where `--json` writes to. It is opened before the run: nobody waits half an hour to hear that a folder is missing. */
export class ReportFile {
  /** @throws {CommandLineError} when it can't be written */
  constructor(private readonly path: string) {
    try {
      // Appended to and not emptied: what an earlier run has left is good until there is something new.
      closeSync(openSync(path, 'a'));
    } catch (error) {
      throw new CommandLineError(`--json ${path}: can't be written: ${(error as Error).message}`);
    }
  }

  write(report: LoadReport): void {
    writeFileSync(this.path, `${JSON.stringify(report, undefined, 2)}\n`);
  }
}
