import { type Profile } from './profile.js';
import { type Scenario } from './scenario.js';
import { type Step } from './schedule.js';

/** A way to break the library, and the schedule that brings it to light. */
export interface Sabotage {
  readonly name: string;
  readonly changes: readonly {
    /** A file of the built library, from its `dist`. */
    readonly file: string;
    /** Stands there once. */
    readonly find: string;
    readonly replace: string;
  }[];
  /** What the oracle must find. */
  readonly finds: string;
  readonly scenario: Scenario;
}

const OPTIONS: Scenario['options'] = {
  connections: { retry: 50, retryAfter: 100 },
  heartbeat: { interval: 300 },
  queue: { maxEvents: 16 },
  history: { maxEvents: 1_000 },
};
const TWO_NODES: Profile = { name: 'always', nodes: 2, redis: { persistence: 'always' }, restarts: [], keepsLog: true };

const DROPS: readonly Step[] = [600, 1_400, 2_200, 3_000].map((at, client) => ({
  at,
  fault: { what: 'drop-client', client },
}));
/** Nodes are cut off from Redis in turn, so that the others publish what they miss. */
const CUTS: readonly Step[] = [400, 1_200, 2_000, 2_800].map((at, index) => ({
  at,
  fault: { what: 'cut', link: 'redis', node: index % 2, lasts: 400 },
}));
/** So short that most channels are silent meanwhile. */
const SHORT_CUTS: readonly Step[] = [400, 800, 1_200, 1_600, 2_000, 2_400, 2_800, 3_200].map((at, index) => ({
  at,
  fault: { what: 'cut', link: 'redis', node: index % 2, lasts: 0 },
}));
/** What is read after a cut takes a while, in which events are published to channels that were silent during it. */
const SLOW_LINKS: readonly Step[] = [
  { at: 300, fault: { what: 'delay', link: 'redis', node: 0, by: 40, lasts: 3_500 } },
  { at: 300, fault: { what: 'delay', link: 'redis', node: 1, by: 40, lasts: 3_500 } },
];
/** Redis comes back with older data, and no node is left that knows better. */
const FORGETTING: readonly Step[] = [
  { at: 400, fault: { what: 'remember-data' } },
  { at: 1_200, fault: { what: 'restart-redis', data: 'older', withNodes: true, lasts: 300 } },
];

/** The oracle is worth what it finds: each of these must fail it. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'skips-the-read-after-a-reconnect',
    changes: [
      {
        file: 'redis/log-repair.js',
        find: 'if (await this.catchUp(state.sequence, lasts))',
        replace: 'this.cursor.advance(state.sequence);\n            if (lasts)',
      },
    ],
    finds: 'gap',
    scenario: { seed: 1, profile: TWO_NODES, options: OPTIONS, channels: 4, steps: inOrder(CUTS, DROPS) },
  },
  {
    name: 'delivers-past-a-hole-of-another-channel',
    changes: [
      {
        file: 'redis/ordered-log.js',
        find: "if (this.state === 'live' && this.handOn(item))",
        replace: "if (this.state !== 'cut' && item.kind !== 'mark' && this.handOn(item))",
      },
      // Else what was overtaken is told as lost, which is honest.
      {
        file: 'redis/log-cursor.js',
        find: 'this.sink.lost({ channels: subscriptions.map(({ channel }) => channel), position, reason });',
        replace: '',
      },
    ],
    finds: 'gap',
    scenario: {
      seed: 2,
      profile: TWO_NODES,
      options: OPTIONS,
      channels: 60,
      steps: inOrder(SHORT_CUTS, SLOW_LINKS, DROPS),
    },
  },
  {
    name: 'forgets-the-epoch-after-a-restart',
    changes: [
      {
        file: 'redis/scripts/prelude.js',
        find: "return log.run ~= run and PERSISTENCE ~= 'always'",
        replace: 'return false',
      },
    ],
    finds: 'id-reused',
    scenario: {
      seed: 3,
      profile: { ...TWO_NODES, name: 'losing', redis: {}, keepsLog: false },
      options: OPTIONS,
      channels: 4,
      steps: inOrder(FORGETTING, DROPS),
    },
  },
];

function inOrder(...parts: (readonly Step[])[]): Step[] {
  return parts.flat().toSorted((a, b) => a.at - b.at);
}
