import { answerCalls } from '../process/answer-calls.js';
import { type Regained, type StallingCommands } from './stalling-commands.js';
import { sequenceOf, StallingStream } from './stalling-stream.js';

/** Who needs longer was not given what it has missed. */
const LONGEST_WAIT = 60_000;

let streams: StallingStream[] = [];

answerCalls<StallingCommands>({
  open: async ({ path, connections }) => {
    streams = [];
    for (let opened = 0; opened < connections; opened++) streams.push(await StallingStream.open(path));
    return null;
  },
  stopReading: () => {
    for (const stream of streams) stream.stopReading();
    return null;
  },
  readAgain: async ({ until }) => {
    const sequence = sequenceOf(until);
    const timer = setTimeout(() => {
      const late = streams.filter(({ last }) => last < sequence);
      throw new Error(`${late.length} of ${streams.length} clients did not come to ${until}`);
    }, LONGEST_WAIT);
    await Promise.all(streams.map((stream) => stream.readAgain(sequence)));
    clearTimeout(timer);
    return streams.map(({ regained }) => regained).reduce(added);
  },
});

function added(one: Regained, other: Regained): Regained {
  return {
    events: one.events + other.events,
    disordered: one.disordered + other.disordered,
    gaps: one.gaps + other.gaps,
    resets: one.resets + other.resets,
  };
}
