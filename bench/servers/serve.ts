import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchEvent, nextEvent } from '../event.js';
import { answerCalls } from '../process/answer-calls.js';
import { AllocationProfile } from '../profile/allocations.js';
import { CpuProfile } from '../profile/cpu.js';
import { type ServerCommands } from './server-commands.js';

/** A contender that runs: it streams to whoever asks for `/events`. */
export interface RunningServer {
  port: number;
  /** Sends the event to all that are connected. */
  publish(event: BenchEvent): void;
}

/** Makes this process the server of one contender. It ends with its parent. */
export function serve(start: () => Promise<RunningServer>): void {
  let running: RunningServer | undefined;
  const allocations = new AllocationProfile();
  const cpu = new CpuProfile();
  answerCalls<ServerCommands>({
    start: async () => {
      running = await start();
      return { port: running.port };
    },
    publish: (events) => {
      if (!running) throw new Error('The server was not started');
      for (let published = 0; published < events; published++) running.publish(nextEvent());
      return null;
    },
    cpu: () => process.cpuUsage(),
    memory,
    startAllocationProfile: () => allocations.start(),
    stopAllocationProfile: () => allocations.stop(),
    startCpuProfile: () => cpu.start(),
    stopCpuProfile: () => cpu.stop(),
  });
}

/** Several collections with a pause: weak references and what closed sockets held are only freed by a later one. */
async function memory(): Promise<{ heap: number; rss: number }> {
  if (!globalThis.gc) throw new Error('Start the server with --expose-gc');
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc();
    await delay(100);
  }
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, rss };
}
