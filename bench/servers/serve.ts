import { type Published } from 'nestjs-event-stream';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchEvent, nextEvent, stampedEvent } from '../event.js';
import { answerCalls } from '../process/answer-calls.js';
import { AllocationProfile } from '../profile/allocations.js';
import { CpuProfile } from '../profile/cpu.js';
import { StallWatch } from '../profile/stalls.js';
import { publishByClock, publishFlatOut } from './publishing.js';
import { type ServerCommands, type StartOptions, type Waiting } from './server-commands.js';

/** A contender that runs: it streams to whoever asks for `/events`. */
export interface RunningServer {
  port: number;
  /** Sends the event to all that are connected. */
  publish(event: BenchEvent): void;
  /** Sends events of one tick, where there is a better way than one after the other. */
  publishAll?(events: BenchEvent[]): void;
  /** What only a server of ours can tell and do. */
  own?: {
    /** What became of the event that was published last, once it is accepted. */
    accepted(): Promise<Published | undefined>;
    connections(): number;
    waiting(): Waiting;
    engineReads(): number;
    heartbeats(): number;
    ballast(): void;
  };
}

/** Makes this process the server of one contender. It ends with its parent. */
export function serve(start: (options: StartOptions) => Promise<RunningServer>): void {
  let running: RunningServer | undefined;
  const allocations = new AllocationProfile();
  const cpu = new CpuProfile();
  const stalls = new StallWatch();
  const own = () => {
    if (!running?.own) throw new Error('Only a server of ours can do this');
    return running.own;
  };
  const publishStamped = () => {
    running?.publish(stampedEvent());
    return own().accepted();
  };
  answerCalls<ServerCommands>({
    start: async (options) => {
      running = await start(options);
      return { port: running.port };
    },
    publish: async (events) => {
      if (!running) throw new Error('The server was not started');
      if (running.publishAll && events > 1) running.publishAll(Array.from({ length: events }, nextEvent));
      else for (let published = 0; published < events; published++) running.publish(nextEvent());
      return (await running.own?.accepted())?.id;
    },
    cpu: () => process.cpuUsage(),
    memory,
    startAllocationProfile: () => allocations.start(),
    stopAllocationProfile: () => allocations.stop(),
    startCpuProfile: () => cpu.start(),
    stopCpuProfile: () => cpu.stop(),
    startStallWatch: () => stalls.start(),
    stopStallWatch: () => stalls.stop(),
    connections: () => own().connections(),
    waiting: () => own().waiting(),
    engineReads: () => own().engineReads(),
    heartbeats: () => own().heartbeats(),
    publishByClock: (pace) => publishByClock(publishStamped, pace),
    publishFlatOut: (pace) => publishFlatOut(publishStamped, pace),
    ballast: () => {
      own().ballast();
      return null;
    },
  });
}

/** Several collections with a pause: weak references and what closed sockets held are only freed by a later one. */
async function memory(): Promise<{ heap: number; external: number; rss: number }> {
  if (!globalThis.gc) throw new Error('Start the server with --expose-gc');
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc();
    await delay(100);
  }
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss };
}
