import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { resolveOptions } from '../options/check-options.js';
import { SseRevocations } from './sse-revocations.js';

const DAY = 86_400_000;

/** Keeps records without an end of their own, and can be away. */
class FakeRecords {
  readonly records = new Map<string, string>();
  readonly lives = new Map<string, number>();
  isAway = false;

  put(key: string, value: string, { ttl, ifAbsent }: { ttl: number; ifAbsent?: boolean }): Promise<boolean> {
    if (this.isAway) return Promise.reject(new SseBackplaneError('away'));
    if (ifAbsent && this.records.has(key)) return Promise.resolve(false);
    this.records.set(key, value);
    this.lives.set(key, ttl);
    return Promise.resolve(true);
  }

  get(key: string): Promise<string | undefined> {
    return this.isAway ? Promise.reject(new SseBackplaneError('away')) : Promise.resolve(this.records.get(key));
  }
}

describe('SseRevocations', () => {
  let engine: FakeRecords;
  let revocations: SseRevocations;
  const node = () => new SseRevocations(resolveOptions({ tokens: { maxLife: DAY } }), engine as unknown as Backplane);
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    engine = new FakeRecords();
    revocations = node();
  });

  it('of a token hold until its end, and as long as any token lives where that is not known', async () => {
    await revocations.revoke({ token: 'known', expiresAt: new Date(Date.now() + 5_000) });
    await revocations.revoke({ token: 'unknown' });
    // And five minutes more: guards may take a token so long after its end.
    expect(engine.lives.get('revoked.token.known')).toBeLessThanOrEqual(305_000);
    expect(engine.lives.get('revoked.token.known')).toBeGreaterThan(304_000);
    expect(engine.lives.get('revoked.token.unknown')).toBe(DAY);
    expect(await node().isRevoked({ userId: '7', permissions: [], tokenId: 'unknown' })).toBe(true);
    expect(await node().isRevoked({ userId: '7', permissions: [], tokenId: 'another' })).toBe(false);
  });

  it('of a token that has ended are not kept', async () => {
    expect(await revocations.revoke({ token: 'old', expiresAt: new Date(Date.now() - 300_001) })).toBeUndefined();
    expect(engine.records.size).toBe(0);
  });

  it('of one connection are none', async () => {
    expect(await revocations.revoke({ connection: 'any' })).toBeUndefined();
    expect(engine.records.size).toBe(0);
  });

  it('of a user hold for what was issued before', async () => {
    await revocations.revoke({ user: '7' });
    const issued = (ahead: number) => ({ userId: '7', permissions: [], issuedAt: new Date(Date.now() + ahead) });
    expect(await revocations.isRevoked(issued(-1_000))).toBe(true);
    expect(await revocations.isRevoked(issued(1_000))).toBe(false);
    expect(await revocations.isRevoked({ ...issued(-1_000), userId: '8' })).toBe(false);
    expect(await revocations.isRevoked({ userId: '7', permissions: [], expiresAt: new Date(Date.now() + DAY) })).toBe(
      true,
    );
    expect(await revocations.isRevoked({ userId: '7', permissions: [] })).toBe(false);
  });

  it('are not taken back by a clock that was set back', async () => {
    const first = await revocations.revoke({ user: '7' });
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 60_000);
    const second = await revocations.revoke({ user: '7' });
    clock.mockRestore();
    revocations.remember(first!);
    revocations.remember({ ...second!, value: '0' });
    const issuedAt = new Date(Date.now() - 30_000);
    expect(await revocations.isRevoked({ userId: '7', permissions: [], issuedAt })).toBe(true);
    expect(await node().isRevoked({ userId: '7', permissions: [], issuedAt })).toBe(true);
  });

  it('that could not be looked up are looked up again, though nobody says that the engine is back', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    try {
      engine.isAway = true;
      const again = jest.fn();
      revocations.readAgain$.subscribe(again);
      for (let streams = 0; streams < 3; streams++) await revocations.isRevoked({ userId: '7', permissions: [] });
      jest.advanceTimersByTime(5_000);
      expect(again).toHaveBeenCalledTimes(1);
      await revocations.isRevoked({ userId: '7', permissions: [] });
      revocations.onApplicationShutdown();
      jest.advanceTimersByTime(60_000);
      expect(again).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are known to a node that has heard of them while its engine is away, and to no other', async () => {
    const revocation = await revocations.revoke({ token: 'lost' });
    revocations.remember(revocation!);
    engine.isAway = true;
    const identity = { userId: '7', permissions: [], tokenId: 'lost' };
    expect(await revocations.isRevoked(identity)).toBe(true);
    expect(await node().isRevoked(identity)).toBe(false);
  });

  it('are told again to an engine that has lost them, and then those who were not looked up are', async () => {
    const revocation = await revocations.revoke({ user: '7' });
    revocations.remember(revocation!);
    engine.records.clear();
    const told = new Promise<void>((resolve) => revocations.readAgain$.subscribe(resolve));
    revocations.readAgain();
    await told;
    expect(engine.records.get('revoked.user.7')).toBe(revocation!.value);
  });

  it('fail where they can not be kept, so that nobody takes them for done', async () => {
    engine.isAway = true;
    await expect(revocations.revoke({ user: '7' })).rejects.toMatchObject({ code: 'SSE_BACKPLANE' });
  });
});
