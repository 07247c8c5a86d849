#!/usr/bin/env node
import process from 'node:process';
import { CommandLineError, parseCommandLine, USAGE } from './command-line/parse-command-line.js';
import { runLoadTest } from './load-test.js';
import { RequestError } from './opening/stream-request.js';
import { TokenError } from './opening/token-source.js';
import { createView } from './report/create-view.js';
import { reportFiles } from './report/report-file.js';

const WRONG_COMMAND = 2;
/** 128 and the number of the signal, as a shell has it. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2));
  if (!command) {
    console.log(USAGE);
    return 0;
  }
  const files = reportFiles(command);
  const { request, connections, duration } = command;
  const view = createView({ stdout: process.stdout, urls: request.urls, connections, duration });
  const report = await runLoadTest(command, view, interruption());
  for (const file of files) file.write(report);
  return report.verdicts.every(({ isKept }) => isKept) ? 0 : 1;
}

/** The first Ctrl-C ends the run with its report, the second one ends the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

// Whoever reads the output may leave, as `head` does: the files and the exit code are still due.
process.stdout.on('error', () => undefined);

try {
  process.exitCode = await main();
} catch (error) {
  const isOfCommand = [CommandLineError, RequestError, TokenError].some((type) => error instanceof type);
  if (!isOfCommand) throw error;
  console.error(`${(error as Error).message}\n\nsse-loadtest --help lists the options.`);
  process.exitCode = WRONG_COMMAND;
}
