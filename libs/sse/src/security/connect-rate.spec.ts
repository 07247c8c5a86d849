import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Backplane, type BackplaneHealth } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { resolveOptions } from '../options/check-options.js';
import { HttpExchange } from '../transport/http-exchange.js';
import { ConnectRate } from './connect-rate.js';

const RULE = { attempts: 2, window: 10_000 };

describe('ConnectRate', () => {
  let counts: Map<string, number>;
  let health: BackplaneHealth;
  let failure: Error | undefined;
  let rate: ConnectRate;
  let warnings: string[];

  beforeEach(() => {
    counts = new Map();
    health = { status: 'up' };
    failure = undefined;
    warnings = [];
    jest.restoreAllMocks();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((text: unknown) => void warnings.push(String(text)));
    const backplane = {
      get health() {
        return health;
      },
      count: async (key: string, window: number) => {
        if (failure) throw failure;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return { count: counts.get(key)!, remaining: window };
      },
    } as unknown as Backplane;
    rate = new ConnectRate(resolveOptions(), backplane);
  });

  const request = () => new HttpExchange({ ip: '192.0.2.1', url: '/events?token=secret', method: 'GET' }, {});
  const attempt = (who: string, exchange = request()) => rate.count(exchange, 'user', who, RULE);

  it('refuses one attempt too many, until a bit after the window', async () => {
    expect(await attempt('anna')).toBeUndefined();
    expect(await attempt('anna')).toBeUndefined();
    const refusal = await attempt('anna');

    expect(refusal).toMatchObject({ code: 'SSE_RATE' });
    expect(refusal!.getStatus()).toBe(429);
    expect(refusal!.retryAfter).toBeGreaterThanOrEqual(10_000);
    expect(refusal!.retryAfter).toBeLessThanOrEqual(15_000);
    expect(await attempt('ben')).toBeUndefined();
  });

  it('counts a request once, however many guards ask', async () => {
    const exchange = request();
    for (let times = 0; times < 5; times++) expect(await attempt('anna', exchange)).toBeUndefined();

    expect([...counts.values()]).toEqual([1]);
  });

  it('keeps users and addresses apart, though they have the same name', async () => {
    for (let times = 0; times < 3; times++) await attempt('192.0.2.1');

    expect(await rate.count(request(), 'address', '192.0.2.1', RULE)).toBeUndefined();
  });

  it('counts under short keys that tell nothing, however long the id', async () => {
    await attempt('x'.repeat(100_000));
    await attempt('anna@example.com');

    for (const key of counts.keys()) expect(key).toMatch(/^connect\.user\.[\w-]{43}$/);
    expect(counts.size).toBe(2);
  });

  it('has one line in the log for a flood, without the query', async () => {
    for (let times = 0; times < 50; times++) await attempt('anna');

    const reason = 'its user tried more than 2 times in 10000 ms';
    expect(warnings).toEqual([`Refused a request method=GET path=/events address=192.0.2.1 reason="${reason}"`]);
  });

  it.each(['is known to be away', 'does not take it'])('lets everybody pass when the engine %s', async (how) => {
    if (how === 'does not take it') failure = new SseBackplaneError('Redis is away');
    else health = { status: 'down', reason: 'Redis is away' };

    for (let times = 0; times < 50; times++) expect(await attempt('anna')).toBeUndefined();

    expect(warnings).toEqual(['Attempts to connect are not counted, and all pass: Redis is away']);
    expect(counts.size).toBe(0);
  });

  it('warns again of an engine that is away after a minute', async () => {
    health = { status: 'down' };
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    await attempt('anna');
    clock.mockReturnValue(60_999);
    await attempt('anna');
    expect(warnings).toHaveLength(1);
    clock.mockReturnValue(61_000);
    await attempt('anna');

    expect(warnings).toHaveLength(2);
  });
});
