import { type Random } from './random.js';

export type ProfileName = 'in-process' | 'always' | 'steady' | 'losing';

/** What kind of world a seed has. */
export interface Profile {
  readonly name: ProfileName;
  readonly nodes: number;
  /** Whether there is a Redis, and what is declared of it. */
  readonly redis?: { readonly persistence?: 'always' };
  /** Whether Redis restarts, and with what. */
  readonly restarts: readonly ('all' | 'older' | 'none')[];
  /** No log begins anew by design: a reset of more than half of those who come back is a fault then. */
  readonly keepsLog: boolean;
}

const PROFILES: Readonly<Record<ProfileName, Omit<Profile, 'nodes'>>> = {
  /** One node without Redis: its log dies with it. */
  'in-process': { name: 'in-process', restarts: [], keepsLog: false },
  /** A Redis that keeps everything, and says so. */
  always: { name: 'always', redis: { persistence: 'always' }, restarts: ['all'], keepsLog: true },
  /** A Redis that stays up, behind a network that does not. */
  steady: { name: 'steady', redis: {}, restarts: [], keepsLog: true },
  /** A Redis that comes back with what it has: everything, something older, nothing. */
  losing: { name: 'losing', redis: {}, restarts: ['all', 'older', 'none'], keepsLog: false },
};

const WITH_REDIS = { always: 50, steady: 20, losing: 30 };

/** @param only what the command line asks for */
export function profileOf(random: Random, only?: 'redis' | 'in-process'): Profile {
  const drawn = random.weighted({ redis: 85, 'in-process': 15 });
  const name = (only ?? drawn) === 'in-process' ? 'in-process' : random.weighted(WITH_REDIS);
  return { ...PROFILES[name], nodes: name === 'in-process' ? 1 : random.between(2, 3) };
}
