import { closeSync, openSync, writeFileSync } from 'node:fs';
import { CommandLineError } from '../command-line/values.js';
import { type LoadReport } from '../load-report.js';
import { htmlReport } from './html-report.js';

/** Where `--json` or `--html` writes to. It is opened before the run: nobody waits half an hour to hear that a folder is missing. */
export class ReportFile {
  /**
   * @param format what is written of a report
   * @throws {CommandLineError} when it can't be written
   */
  constructor(
    option: string,
    private readonly path: string,
    private readonly format: (report: LoadReport) => string,
  ) {
    try {
      // Appended to and not emptied: what an earlier run has left is good until there is something new.
      closeSync(openSync(path, 'a'));
    } catch (error) {
      throw new CommandLineError(`--${option} ${path}: can't be written: ${(error as Error).message}`);
    }
  }

  write(report: LoadReport): void {
    writeFileSync(this.path, this.format(report));
  }
}

/** The files that a command asks for. */
export function reportFiles({ json, html }: { json?: string; html?: string }): ReportFile[] {
  const files: ReportFile[] = [];
  if (json !== undefined) files.push(new ReportFile('json', json, jsonReport));
  if (html !== undefined) files.push(new ReportFile('html', html, htmlReport));
  return files;
}

function jsonReport(report: LoadReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
