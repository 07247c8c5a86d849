import { type Profile } from './profile.js';
import { type Random } from './random.js';
import { type Direction } from './world/link.js';
import { type KeptData } from './world/engine.js';

/** Something that goes wrong, for a while or for a moment. Nodes and clients by their number; times in milliseconds. */
export type Fault =
  | { readonly what: 'kill-node'; readonly node: number; readonly lasts: number }
  | { readonly what: 'stop-node'; readonly node: number; readonly lasts: number }
  | {
      readonly what: 'restart-redis';
      readonly data: KeptData;
      /** All nodes die with it. */
      readonly withNodes: boolean;
      readonly lasts: number;
    }
  | { readonly what: 'remember-data' }
  | { readonly what: 'stop-redis'; readonly lasts: number }
  | { readonly what: 'kill-connections'; readonly of: readonly ('pubsub' | 'normal')[] }
  | { readonly what: 'cut'; readonly link: LinkName; readonly node: number; readonly lasts: number }
  | {
      readonly what: 'delay';
      readonly link: LinkName;
      readonly node: number;
      readonly by: number;
      readonly lasts: number;
    }
  | {
      readonly what: 'swallow';
      readonly link: LinkName;
      readonly node: number;
      readonly directions: readonly Direction[];
      readonly lasts: number;
    }
  | { readonly what: 'drop-client'; readonly client: number }
  | { readonly what: 'stall-client'; readonly client: number; readonly lasts: number }
  | { readonly what: 'new-client'; readonly cutAfter: number };

/** Between a node and Redis, or between clients and a node. */
export type LinkName = 'redis' | 'clients';

export interface Step {
  /** Milliseconds after the first event. */
  readonly at: number;
  readonly fault: Fault;
}

/** How long faults begin, in milliseconds. */
const SPAN = 4_500;
const LINK_FAULTS = { cut: 3, delay: 2, swallow: 2 } as const;
const CLIENT_FAULTS = { 'drop-client': 7, 'stall-client': 3, 'new-client': 2 } as const;

/** What goes wrong in a seed, drawn from its numbers. */
export function draw(random: Random, profile: Profile, clients: number): Step[] {
  const steps = [...drawSmall(random, clients), ...drawLarge(random, profile)];
  return steps.toSorted((a, b) => a.at - b.at);
}

/** How often each node is started. */
export function startsOf(steps: readonly Step[], nodes: number): number[] {
  return Array.from({ length: nodes }, (_, node) => {
    const kills = steps.filter(
      ({ fault }) => targetsOf(fault, nodes).includes(`node ${node}`) && fault.what !== 'stop-node',
    );
    return 1 + kills.length;
  });
}

/** Clients that come and go all the time. */
function drawSmall(random: Random, clients: number): Step[] {
  const steps: Step[] = [];
  for (let at = 200; at < SPAN; at += random.between(80, 320))
    steps.push({ at, fault: drawClientFault(random, clients) });
  return steps;
}

function drawClientFault(random: Random, clients: number): Fault {
  const client = random.between(0, clients - 1);
  switch (random.weighted(CLIENT_FAULTS)) {
    case 'drop-client':
      return { what: 'drop-client', client };
    case 'stall-client':
      return { what: 'stall-client', client, lasts: random.between(200, 1_500) };
    case 'new-client':
      return { what: 'new-client', cutAfter: random.between(0, 3) };
  }
}

/** What befalls nodes, Redis and links: each of them has one fault at a time, several of them may at once. */
function drawLarge(random: Random, profile: Profile): Step[] {
  const steps: Step[] = [];
  const busyUntil = new Map<string, number>();
  const wanted = random.between(5, 8);
  let at = random.between(200, 600);
  while (steps.length < wanted && at < SPAN) {
    const fault = drawLargeFault(random, profile);
    const targets = targetsOf(fault, profile.nodes);
    if (targets.every((target) => (busyUntil.get(target) ?? 0) <= at)) {
      // A node is given time to be up, and a link to be used, before its next fault.
      const end = at + ('lasts' in fault ? fault.lasts : 0) + 400;
      for (const target of targets) busyUntil.set(target, end);
      if (fault.what === 'restart-redis' && fault.data === 'older') steps.push(rememberBefore(random, at));
      steps.push({ at, fault });
    }
    at += random.between(50, 900);
  }
  return steps;
}

function rememberBefore(random: Random, at: number): Step {
  return { at: Math.max(0, at - random.between(100, 800)), fault: { what: 'remember-data' } };
}

function drawLargeFault(random: Random, profile: Profile): Fault {
  const node = random.between(0, profile.nodes - 1);
  const kind = random.weighted({
    'kill-node': 3,
    'stop-node': 2,
    clients: 2,
    redis: profile.redis ? 4 : 0,
    'kill-connections': profile.redis ? 2 : 0,
    'stop-redis': profile.redis ? 1 : 0,
    'restart-redis': profile.restarts.length > 0 ? 3 : 0,
  });
  switch (kind) {
    case 'kill-node':
      return { what: 'kill-node', node, lasts: random.between(50, 600) };
    case 'stop-node':
      return { what: 'stop-node', node, lasts: random.between(200, 1_400) };
    case 'restart-redis': {
      const data = random.pick(profile.restarts);
      return { what: 'restart-redis', data, withNodes: random.chance(0.25), lasts: random.between(50, 800) };
    }
    case 'stop-redis':
      return { what: 'stop-redis', lasts: random.between(200, 1_500) };
    case 'kill-connections':
      return { what: 'kill-connections', of: random.pick([['pubsub'], ['normal'], ['pubsub', 'normal']]) };
    default:
      return drawLinkFault(random, kind, node);
  }
}

function drawLinkFault(random: Random, link: LinkName, node: number): Fault {
  const lasts = random.between(100, 1_200);
  switch (random.weighted(LINK_FAULTS)) {
    case 'cut':
      return { what: 'cut', link, node, lasts: random.chance(0.5) ? 0 : lasts };
    case 'delay':
      return { what: 'delay', link, node, by: random.between(20, 250), lasts };
    case 'swallow': {
      const directions: Direction[] = random.pick([['up'], ['down'], ['up', 'down']]);
      return { what: 'swallow', link, node, directions, lasts };
    }
  }
}

function targetsOf(fault: Fault, nodes: number): string[] {
  switch (fault.what) {
    case 'restart-redis':
      return ['redis', ...(fault.withNodes ? Array.from({ length: nodes }, (_, node) => `node ${node}`) : [])];
    case 'stop-redis':
    case 'kill-connections':
      return ['redis'];
    case 'kill-node':
    case 'stop-node':
      return [`node ${fault.node}`];
    case 'cut':
    case 'delay':
    case 'swallow':
      return [`${fault.link} ${fault.node}`];
    default:
      return [];
  }
}
