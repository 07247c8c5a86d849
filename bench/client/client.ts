import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { type BodyCounter, EventCounter } from '../../apps/loadtest/src/reading/event-counter.js';
import { LoadEngine } from '../../apps/loadtest/src/load-engine.js';
import { type ResponseHead } from '../../apps/loadtest/src/reading/response-head.js';
import { answerCalls } from '../process/answer-calls.js';
import { type ClientCommands } from './client-commands.js';
import { GzipCounter, GzipPrefix } from './gzip-counter.js';
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
  open: async ({ port, path, protocol, acceptEncoding, connections, concurrency, lastEventId }) => {
    const start = performance.now();
    const headers = {
      ...(acceptEncoding !== undefined && { 'Accept-Encoding': acceptEncoding }),
      ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
    };
    const url = `http://127.0.0.1:${port}${path}`;
    load =
      protocol === 'socket-io'
        ? new SocketIoLoad({ port, connections, concurrency })
        : new LoadEngine({ url, connections, concurrency, interval: 0, headers, counterFor: countersOfLoad() });
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

/** Streams that are told the same are inflated as one. */
function countersOfLoad(): (head: ResponseHead) => BodyCounter {
  const nothing = GzipPrefix.nothing();
  return (head) => (head.header('content-encoding') === 'gzip' ? new GzipCounter(nothing) : new EventCounter());
}

function running(): Load {
  if (!load) throw new Error('No load was opened');
  return load;
}
