import process from 'node:process';
import { CommandLineError, parseCommandLine, USAGE } from './command-line/parse-command-line.js';
import { runLoadTest } from './load-test.js';
import { RequestError } from './opening/stream-request.js';

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2));
  if (!command) {
    console.log(USAGE);
    return 0;
  }
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  return (await runLoadTest(command, console.log, interruption.signal)) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CommandLineError || error instanceof RequestError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
