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
      batching: { maxDelay: 0, maxEvents: 10 },
      queue: { maxEvents: 256, maxBytes: 1_048_576, maxTotalBytes: 268_435_456 },
      shutdown: { timeout: 10_000, reconnectSpread: 5_000 },
      maxEventBytes: 262_144,
    });
  });

  it('has no limit on what is sent, and fills in what is not said of one', () => {
    const of = (rateLimit: SseModuleOptions['rateLimit']) => resolveOptions({ rateLimit }).rateLimit;

    expect([of(undefined), of(null)]).toEqual([null, null]);
    expect(of({ messagesPerSecond: 2.5 })).toEqual({
      messagesPerSecond: 2.5,
      burst: 3,
      per: 'connection',
      onLimit: 'delay',
    });
    expect(of({ messagesPerSecond: 0.2, burst: undefined })?.burst).toBe(1);
  });

  it('measures the threshold of connections by their maximum, unless it is chosen', () => {
    const thresholdOf = (max: number | null, connections?: { elevated: number }) =>
      resolveOptions({ connections: { max }, monitoring: { thresholds: { connections } } }).monitoring.thresholds
        .connections;

    expect(thresholdOf(1_000)).toEqual({ elevated: 700, critical: 900 });
    expect(thresholdOf(null)).toEqual({ elevated: 5_000, critical: 8_000 });
    expect(thresholdOf(1_000, { elevated: 10 })).toEqual({ elevated: 10, critical: 900 });
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
    ['compression', { compression: true }, '{ encodings, level, minBytes, window } or false', true],
    ['compression.encodings', { compression: { encodings: [] } }, 'compression: false', []],
    ['compression.encodings.0', { compression: { encodings: ['br'] } }, "'gzip'", 'br'],
    ['compression.level', { compression: { level: 10 } }, 'from 1 to 9', 10],
    ['compression.window', { compression: { window: 2_048 } }, '(channel) => boolean', 2_048],
    ['compression.minBytes', { compression: { minBytes: -1 } }, 'whole number of 0 or more', -1],
    ['monitoring.interval', { monitoring: { interval: 0 } }, 'milliseconds from 1', 0],
    ['monitoring.thresholds.cpu', { monitoring: { thresholds: { cpu: 80 } } }, '{ elevated, critical }', 80],
    ['monitoring.thresholds.disk', { monitoring: { thresholds: { disk: null } } }, 'no such option', null],
    [
      'monitoring.thresholds.cpu',
      { monitoring: { thresholds: { cpu: { elevated: 90 } } } },
      'elevated is higher than critical',
      { elevated: 90, critical: 80 },
    ],
    ['shutdown.timeout', { shutdown: { timeout: Infinity } }, 'milliseconds', Infinity],
    ['batching.maxDelay', { batching: { maxDelay: 10_001 } }, 'milliseconds from 0 to 10000', 10_001],
    ['batching.maxEvents', { batching: { maxEvents: 1 } }, 'whole number of 2', 1],
    ['batching', { batching: true }, 'object', true],
    ['rateLimit.messagesPerSecond', { rateLimit: {} }, 'number of 0.1 or more', undefined],
    ['rateLimit.messagesPerSecond', { rateLimit: { messagesPerSecond: 0 } }, 'number of 0.1 or more', 0],
    ['rateLimit.burst', { rateLimit: { messagesPerSecond: 1, burst: 0.5 } }, 'whole number of 1', 0.5],
    ['rateLimit.per', { rateLimit: { messagesPerSecond: 1, per: 'ip' } }, "'connection', 'user'", 'ip'],
    ['rateLimit.onLimit', { rateLimit: { messagesPerSecond: 1, onLimit: 'wait' } }, "'delay', 'drop'", 'wait'],
    ['rateLimit.window', { rateLimit: { messagesPerSecond: 1, window: 1 } }, 'no such option', 1],
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

  describe('of the rules for requests', () => {
    it('takes what is right, and has none set without it', () => {
      const security = {
        origins: [
          'https://app.example.com',
          'HTTPS://*.Example.com:8443',
          'http://[::1]:3000',
          'capacitor://localhost',
        ],
        userAgent: { minLength: 0, refuse: ['bot', /^curl/] },
        ip: { allow: ['10.0.0.0/8', '2001:db8::/32', '::ffff:10.0.0.0/104'], deny: ['10.0.0.7', '0.0.0.0/0', '::1'] },
        headers: ['X-Requested-With'],
        connectRate: { perIp: { attempts: 20, window: 10_000 }, perUser: { attempts: 1, window: 1 } },
      };

      expect(resolveOptions({ security }).security).toEqual(security);
      expect(resolveOptions({ security: { userAgent: true, headers: true, origins: () => true } })).toBeDefined();
      expect(resolveOptions().security).toEqual({});
    });

    it.each<[string, unknown, string]>([
      ['origins', 'https://app.example.com', 'use a list'],
      ...[
        'app.example.com',
        'https://app.example.com/',
        'https://app.example.com/path',
        'https://app.example.com:443',
        'https://user@app.example.com',
        'https://app.*.com',
        'https://*',
        'https://*.',
        'https://*..com',
        'https://a*.example.com',
        'https://*.*.example.com',
        '*',
        'null',
        'file:///',
        'https://bücher.example',
        7,
      ].map((origin): [string, unknown, string] => [
        'origins.1',
        ['https://a.example', origin],
        'scheme, host and port',
      ]),
      ['userAgent', false, 'true or { minLength, refuse }'],
      ['userAgent.minLength', { minLength: -1 }, 'whole number'],
      ['userAgent.refuse.0', { refuse: [''] }, 'texts and regular expressions'],
      ['userAgent.refuse.0', { refuse: [7] }, 'texts and regular expressions'],
      ['userAgent.allow', { allow: [] }, 'no such option'],
      ['ip.allow', { allow: '10.0.0.0/8' }, 'use a list'],
      ...['10.0.0', '10.0.0.0/33', '010.0.0.1', '10.0.0.0/', '10.0.0.0/8/8', '2001:db8::/129', 'fe80::1%eth0', ''].map(
        (network): [string, unknown, string] => ['ip.deny.0', { deny: [network] }, 'IP address, or a network'],
      ),
      ['headers', false, 'use true, or a list'],
      ['headers.0', ['user agent'], 'use true, or a list'],
      ['connectRate.perIp', { perIp: 5 }, '{ attempts, window }'],
      ['connectRate.perIp.attempts', { perIp: { attempts: 0, window: 1 } }, 'whole number of 1'],
      ['connectRate.perUser.window', { perUser: { attempts: 1 } }, 'milliseconds'],
      ['connectRate.perUser.burst', { perUser: { attempts: 1, window: 1, burst: 1 } }, 'no such option'],
    ])('refuses a wrong %s: %j', (key, value, mend) => {
      const [rule = ''] = key.split('.');
      const error = errorOf({ security: { [rule]: value } });

      expect(error.key).toBe(`security.${key}`);
      expect(error.message).toContain(mend);
    });
  });

  it('refuses a heartbeat that comes after the idle time-out', () => {
    const error = errorOf({ heartbeat: { interval: 2_000 }, connections: { idleTimeout: 1_000 } });
    expect(error.key).toBe('heartbeat.interval');
    expect(error.message).toContain('1000');
  });
});
