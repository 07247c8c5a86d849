import { type LiveView } from './answers.js';
import { byId, element, setText } from './element.js';
import { duration } from './format.js';

const STEPS = ['none', 'batching', 'low-priority', 'refusing', 'closing'];
const WATCHED: Readonly<Record<string, string>> = {
  connections: 'connections',
  memory: 'memory',
  heap: 'heap',
  cpu: 'CPU',
  publishes: 'publishes',
  eventLoopDelay: 'event loop',
  queues: 'queues',
};
const DRAIN: Readonly<Record<string, string>> = {
  serving: 'Ready for new streams',
  leaving: 'Leaving: readiness is down',
  draining: 'Draining: streams are ended',
  drained: 'Drained: no stream is open',
};

/** The strip below the title: what is wrong with the process, and what it does about it. */
export class Status {
  private readonly steps = STEPS.map((step) => element('li', {}, step));

  constructor() {
    byId('shedding').replaceChildren(...this.steps);
  }

  show(view: LiveView): void {
    setText(byId('node'), view.node);
    setText(byId('uptime'), duration(view.uptime));
    this.showShedding(view);
    const pressed = Object.entries(view.levels).filter(([, level]) => level !== 'normal');
    const names = pressed.map(([name, level]) => `${WATCHED[name] ?? name} ${level}`);
    tell('pressure', view.level, names.length === 0 ? 'Everything normal' : names.join(', '));
    const { status, reason } = view.backplane;
    tell(
      'backplane',
      status === 'up' ? 'normal' : 'critical',
      status === 'up' ? 'Up' : `Down: ${reason ?? 'no reason'}`,
    );
    tell('drain', view.drain === 'serving' ? 'normal' : 'elevated', DRAIN[view.drain] ?? view.drain);
  }

  private showShedding({ shedding }: LiveView): void {
    const reached = STEPS.indexOf(shedding);
    this.steps.forEach((step, index) => {
      step.classList.toggle('reached', index > 0 && index <= reached);
      if (index === reached) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    });
  }
}

function tell(id: string, level: string, text: string): void {
  const node = byId(id);
  node.dataset.level = level;
  setText(node, text);
}
