import { type EventSourceMessage } from 'eventsource-parser';
import { LoadEngine, type LoadOptions } from '../../apps/loadtest/src/load-engine.js';
import { type ChatMessage } from '../chat-message.js';
import { machineTime } from '../event.js';
import { answerCalls } from '../process/answer-calls.js';
import { percentile } from '../statistics.js';
import { type ReceiptCommands } from './receipt-commands.js';

/** Who needs longer has lost an event. */
const LONGEST_WAIT = 60_000;

const loads: { engine: LoadEngine; connections: number }[] = [];
let latencies: number[] = [];

answerCalls<ReceiptCommands>({
  open: async ({ ports, connectionsEach }) => {
    for (const port of ports) {
      const url = `http://127.0.0.1:${port}/events`;
      // One client of each node looks at the events: reading all of them would be most of the work of this machine.
      await open({ url, connections: 1, onEvent: note });
      if (connectionsEach > 1) await open({ url, connections: connectionsEach - 1 });
    }
    return null;
  },
  received: async (events) => {
    const timer = setTimeout(() => {
      throw new Error(
        `${JSON.stringify(loads.map(({ engine }) => engine.counts()))} where each was sent ${events} events`,
      );
    }, LONGEST_WAIT);
    await Promise.all(loads.map(({ engine, connections }) => engine.whenEvents(events * connections)));
    clearTimeout(timer);
    const noted = latencies;
    latencies = [];
    return { p50: percentile(noted, 0.5), p99: percentile(noted, 0.99) };
  },
});

async function open(options: LoadOptions & { connections: number }): Promise<void> {
  const engine = new LoadEngine({ ...options, interval: 0 });
  loads.push({ engine, connections: options.connections });
  const counts = await engine.open();
  if (counts.opened < options.connections) throw new Error(`Only ${JSON.stringify(counts)} opened`);
}

function note({ data }: EventSourceMessage): void {
  latencies.push(machineTime() - Number((JSON.parse(data) as ChatMessage).sentAt));
}
