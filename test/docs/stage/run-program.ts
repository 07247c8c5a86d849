import { type Example } from '../example.js';
import { Program } from './program.js';

/** What the library logs when an application has started. */
const READY = /Event streams ready/;

/** Runs a program as a process of its own: it must start, answer if it is a server, and end when it is told to. */
export async function runProgram({ path = '', code }: Example): Promise<void> {
  const program = Program.start(path);
  try {
    if (isServer(code)) {
      const { status } = await fetch(await program.listening());
      if (status >= 500) throw new Error(`/ answered ${status}:\n${program.output}`);
    } else await program.hasSaid(READY);
  } finally {
    await program.end();
  }
}

function isServer(code: string): boolean {
  return code.includes('.listen(');
}
