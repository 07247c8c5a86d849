import { describe, expect, it } from '@jest/globals';
import { readServerFacts } from './server-facts.js';

const info = (facts: Record<string, string>) =>
  ['# Server', ...Object.entries(facts).map(([name, value]) => `${name}:${value}`), ''].join('\r\n');

describe('readServerFacts()', () => {
  it.each([
    ['6.2.0', false],
    ['6.2.14', false],
    ['7.0.15', true],
    ['8.2.1', true],
    ['10.0.0', true],
  ])('takes Redis %s (sharded topics: %j)', (version, hasShardedTopics) => {
    const facts = readServerFacts(info({ redis_version: version, redis_mode: 'standalone', role: 'master' }), '');
    expect(facts).toEqual({ version, isCluster: false, hasShardedTopics, dangers: [] });
  });

  it.each(['6.0.20', '5.0.7', '2.8.0', 'unknown'])('refuses Redis %s', (version) => {
    expect(() => readServerFacts(info({ redis_version: version }), '')).toThrow(/too old: use Redis 6\.2/);
  });

  it('refuses a replica, and a server that is still loading', () => {
    const version = { redis_version: '7.0.0' };
    expect(() => readServerFacts(info({ ...version, role: 'slave' }), '')).toThrow(/replica/);
    expect(() => readServerFacts(info({ ...version, loading: '1' }), '')).toThrow(/loading/);
  });

  it('knows a cluster', () => {
    expect(readServerFacts(info({ redis_version: '7.0.0', redis_mode: 'cluster' }), '').isCluster).toBe(true);
  });

  it('names what may lose data without a word', () => {
    const facts = info({ redis_version: '7.0.0', maxmemory_policy: 'volatile-ttl', aof_enabled: '0' });
    expect(readServerFacts(facts, '').dangers).toEqual([expect.stringMatching(/volatile-ttl/)]);
    expect(readServerFacts(facts, 'always').dangers).toHaveLength(2);
  });
});
