import { type PublishRequest } from '../node/settings.js';
import { type Publication } from '../oracle/publication.js';
import { type Random } from '../random.js';

/** An event before it is published: for whom, how, and what the oracle is to know of it. */
export interface Draft {
  readonly to: PublishRequest['to'];
  readonly options?: PublishRequest['options'];
  readonly facts: Omit<Publication, 'token' | 'sentAt'>;
}

/** For whom there may be events. */
export interface Audience {
  readonly channels: readonly string[];
  readonly users: readonly string[];
}

type Options = PublishRequest['options'];

/** So brief that a client which is away misses it. */
const BRIEF = 250;
const LASTING = 600_000;

const WEIGHTS = {
  plain: 50,
  everyone: 6,
  user: 6,
  queued: 8,
  except: 6,
  brief: 4,
  lasting: 2,
  keyed: 6,
  low: 3,
  critical: 3,
  ephemeral: 6,
};

/** Events of all kinds, those most often that applications send most often. */
export function draftEvent(random: Random, audience: Audience): Draft {
  const kind = random.weighted(WEIGHTS);
  const { facts, ...draft } = draftOf(kind, random, audience);
  return { ...draft, facts: { ...facts, kind } };
}

function draftOf(kind: keyof typeof WEIGHTS, random: Random, { channels, users }: Audience): Draft {
  const channel = random.pick(channels);
  const user = random.pick(users);
  const key = `key-${random.between(1, 2)}`;
  const except = random.some(users, random.between(1, 2));
  switch (kind) {
    case 'plain':
      return toChannel(channel);
    case 'everyone':
      return { to: 'all', facts: { channel: '$all' } };
    case 'user':
      return { to: { user }, facts: { channel: `$user.${user}` } };
    case 'queued':
      return { to: { user, queue: true }, facts: { channel: `$user.${user}`, queued: true } };
    case 'except':
      return toChannel(channel, { except: { users: except } }, { except });
    case 'brief':
      return toChannel(channel, { ttl: BRIEF }, { replaceable: true });
    case 'lasting':
      return toChannel(channel, { ttl: LASTING });
    case 'keyed':
      return toChannel(channel, { key }, { key });
    case 'low':
      return toChannel(channel, { priority: 'low' }, { replaceable: true });
    case 'critical':
      return toChannel(channel, { priority: 'critical' });
    case 'ephemeral':
      return toChannel(channel, { ephemeral: true }, { ephemeral: true });
  }
}

export function toChannel(channel: string, options?: Options, facts?: Partial<Draft['facts']>): Draft {
  return { to: { channel }, options, facts: { channel, ...facts } };
}

/** The last event of any channel, an audience's too. */
export function markerOf(channel: string): Draft {
  const [, user] = /^\$user\.(.+)$/.exec(channel) ?? [];
  const to = user !== undefined ? { user } : channel === '$all' ? 'all' : { channel };
  return { to, facts: { channel, marker: true } };
}
