import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { LoadEngine } from '../../apps/loadtest/src/load-engine.js';
import { answerCalls } from '../process/answer-calls.js';
import { type ClientCommands } from './client-commands.js';
import { SocketIoLoad } from './socket-io-load.js';

/** Far more than the slowest contender takes for one broadcast: who needs longer has lost an event. */
const LONGEST_BROADCAST = 60_000;

/** What both kinds of clients can do. */
interface Load {
  open(): Promise<{ opened: number }>;
  whenEvents(events: number): Promise<void>;
  counts(): { events: number; bytes: number };
  cut(): Promise<void>;
}

let load: Load | undefined;

answerCalls<ClientCommands>({
  open: async ({ port, protocol, connections, concurrency, lastEventId }) => {
    const start = performance.now();
    const headers = lastEventId === undefined ? undefined : { 'Last-Event-ID': lastEventId };
    load =
      protocol === 'socket-io'
        ? new SocketIoLoad({ port, connections, concurrency })
        : new LoadEngine({ url: `http://127.0.0.1:${port}/events`, connections, concurrency, interval: 0, headers });
    const counts = await load.open();
    if (counts.opened < connections) throw new Error(`Only ${JSON.stringify(counts)} of ${connections} opened`);
    return { milliseconds: performance.now() - start };
  },
  received: async (events) => {
    const current = running();
    const timer = setTimeout(() => {
      throw new Error(`${JSON.stringify(current.counts())} where ${events} events were sent`);
    }, LONGEST_BROADCAST);
    try {
      await current.whenEvents(events);
    } finally {
      clearTimeout(timer);
    }
    return null;
  },
  counts: () => {
    const { events, bytes } = running().counts();
    return { events, bytes };
  },
  spread: () => {
    if (!(load instanceof LoadEngine)) throw new Error('No event streams were opened');
    const received = load.streams.map(({ receivedEvents }) => receivedEvents);
    return { least: Math.min(...received), most: Math.max(...received) };
  },
  cpu: () => process.cpuUsage(),
  cut: async () => {
    await running().cut();
    return null;
  },
});

function running(): Load {
  if (!load) throw new Error('No load was opened');
  return load;
}
