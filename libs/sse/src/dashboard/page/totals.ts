import { type LiveView } from './answers.js';
import { byId, element, setText } from './element.js';
import { bytes, exactly } from './format.js';

const TOTALS: readonly (readonly [name: string, text: (view: LiveView) => string])[] = [
  ['Connections opened', ({ connections }) => exactly(connections.opened)],
  ['Refused', ({ connections }) => exactly(connections.refused)],
  ['Ended', ({ connections }) => byReason(connections.closed)],
  ['Events published', ({ events }) => exactly(events.published)],
  ['Received', ({ events }) => exactly(events.received)],
  ['Sent', ({ events }) => `${exactly(events.sent)}, ${bytes(events.sentBytes)}`],
  ['Compressed', ({ compression }) => share(compression)],
  ['Delayed', ({ events }) => exactly(events.delayed)],
  ['Dropped', ({ events }) => byReason(events.dropped)],
  ['Heartbeats', ({ heartbeats }) => `${exactly(heartbeats.sent)}, ${exactly(heartbeats.skipped)} not needed`],
  ['Came back', ({ resumes }) => `${exactly(resumes.resumed)} resumed, ${exactly(resumes.reset)} reset`],
];

/** What was counted since the start. */
export class Totals {
  private readonly values = TOTALS.map(() => element('dd'));

  constructor() {
    byId('totals').replaceChildren(
      ...TOTALS.map(([name], index) => element('div', {}, element('dt', {}, name), this.values[index] ?? '')),
    );
  }

  show(view: LiveView): void {
    TOTALS.forEach(([, text], index) => {
      const node = this.values[index];
      if (node) setText(node, text(view));
    });
  }
}

function share({ plainBytes, ratio }: LiveView['compression']): string {
  return plainBytes === 0 ? 'nothing' : `${bytes(plainBytes)} to ${Math.round(ratio * 100)} %`;
}

function byReason(counts: Readonly<Record<string, number>>): string {
  const met = Object.entries(counts).filter(([, count]) => count > 0);
  const total = met.reduce((sum, [, count]) => sum + count, 0);
  const reasons = met.sort(([, one], [, other]) => other - one).map(([reason, count]) => `${exactly(count)} ${reason}`);
  return total === 0 ? '0' : `${exactly(total)}: ${reasons.join(', ')}`;
}
