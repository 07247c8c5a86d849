import { SseBackplaneError } from '../backplane/sse-backplane-error.js';

/** What a Redis says of itself. */
export interface ServerFacts {
  readonly version: string;
  readonly isCluster: boolean;
  /** Whether it has publish/subscribe that stays on the server of a slot. */
  readonly hasShardedTopics: boolean;
  /** What of its set-up can lose data without an error, in words for people. */
  readonly dangers: readonly string[];
}

const OLDEST = [6, 2] as const;

/**
 * Reads the reply of INFO.
 *
 * @throws SseBackplaneError if nothing can be kept there
 */
export function readServerFacts(info: string, persistence: 'always' | ''): ServerFacts {
  const facts = new Map(info.split('\r\n').map((line) => splitAt(line, ':')));
  const version = facts.get('redis_version') ?? 'unknown';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))) {
    throw new SseBackplaneError(`it is Redis ${version}, which is too old: use Redis ${OLDEST.join('.')} or later`);
  }
  if (facts.get('role') === 'slave') {
    throw new SseBackplaneError(
      'it is a replica, which is read-only: connect to its primary, by a name that follows fail-overs',
    );
  }
  if (facts.get('loading') === '1') {
    throw new SseBackplaneError('it is still loading its data: this ends by itself');
  }
  return {
    version,
    isCluster: facts.get('redis_mode') === 'cluster',
    hasShardedTopics: major >= 7,
    dangers: [...dangersOf(facts, persistence)],
  };
}

function* dangersOf(facts: ReadonlyMap<string, string>, persistence: 'always' | ''): Generator<string> {
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    yield (
      `Its maxmemory-policy is ${policy}: when memory runs short it drops history, waiting messages and revocations ` +
      'without a word. Set it to noeviction.'
    );
  }
  if (persistence === 'always' && facts.get('aof_enabled') === '0') {
    yield (
      "redisBackplane() was told persistence: 'always', but this Redis keeps no append-only file: after a restart " +
      'events may be missing without a word. Set appendonly yes and appendfsync always, or leave the option out.'
    );
  }
}

function splitAt(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
