import { describe, expect, it } from '@jest/globals';
import { resolveOptions } from './check-options.js';
import { type SseModuleOptions } from './sse-module-options.js';
import { SseOptionsError } from './sse-options-error.js';

function errorOf(options: unknown): SseOptionsError {
  try {
    resolveOptions(options as SseModuleOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(SseOptionsError);
    return error as SseOptionsError;
  }
  throw new Error('The options were taken.');
}

describe('resolveOptions', () => {
  it('has a default for every option', () => {
    expect(resolveOptions()).toMatchObject({
      connections: { max: 5_000, maxPerUser: null, onUserLimit: 'replace-oldest', refusal: 'auto', retry: 3_000 },
      heartbeat: { interval: 30_000 },
      queue: { maxEvents: 256, maxBytes: 1_048_576, maxTotalBytes: 268_435_456 },
      shutdown: { timeout: 10_000, reconnectSpread: 5_000 },
      maxEventBytes: 262_144,
    });
  });

  it('takes undefined for not set, and null and false for off', () => {
    const { connections, heartbeat } = resolveOptions({
      connections: { max: undefined, idleTimeout: null },
      heartbeat: false,
    });
    expect(connections.max).toBe(5_000);
    expect(connections.idleTimeout).toBeNull();
    expect(heartbeat).toBeNull();
  });

  it.each<[string, unknown, string, unknown]>([
    ['connections.max', { connections: { max: -1 } }, 'whole number of 1 or more, or null', -1],
    ['connections.max', { connections: { max: '5' } }, 'whole number', '5'],
    ['connections.maxPerUser', { connections: { maxPerUser: 1.5 } }, 'whole number', 1.5],
    ['connections.refusal', { connections: { refusal: 'never' } }, "'status'", 'never'],
    ['connections.maxConnections', { connections: { maxConnections: 5 } }, 'no such option', 5],
    ['heartbeats', { heartbeats: {} }, 'no such option', {}],
    ['heartbeat.interval', { heartbeat: { interval: 0 } }, 'milliseconds from 1', 0],
    ['heartbeat.event', { heartbeat: { event: 'sse:x' } }, 'does not begin with sse:', 'sse:x'],
    ['heartbeat', { heartbeat: true }, '{ interval, event } or false', true],
    ['queue.overflow', { queue: { overflow: 'drop' } }, "'drop-oldest'", 'drop'],
    ['shutdown.timeout', { shutdown: { timeout: Infinity } }, 'milliseconds', Infinity],
    ['backplane', { backplane: {} }, 'Backplane', {}],
    ['identify', { identify: 'user' }, 'function', 'user'],
    ['connections', { connections: 5 }, 'object', 5],
  ])('refuses a wrong %s', (key, options, mend, value) => {
    const error = errorOf(options);
    expect(error.key).toBe(key);
    expect(error.value).toEqual(value);
    expect(error.message).toContain(key);
    expect(error.message).toContain(mend);
  });

  it.each(['rateLimit', 'compression', 'batching', 'security', 'monitoring'])(
    'refuses %s, which this version does not have',
    (key) => {
      expect(errorOf({ [key]: {} }).key).toBe(key);
    },
  );

  it('refuses a heartbeat that comes after the idle time-out', () => {
    const error = errorOf({ heartbeat: { interval: 2_000 }, connections: { idleTimeout: 1_000 } });
    expect(error.key).toBe('heartbeat.interval');
    expect(error.message).toContain('1000');
  });
});
