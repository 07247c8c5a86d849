import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Subject } from 'rxjs';
import { type Backplane } from '../backplane/backplane.js';
import { BoundedMap } from '../backplane/bounded-map.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { errorText } from '../protocol/error-text.js';
import { isIssuedBefore, type Revocation, tokenKey, userKey } from './revocation.js';
import { type DisconnectTarget } from './sse-command.js';

/** Guards may take a token for so long after its end, for clocks that differ. */
const TOLERANCE = 300_000;
/** After a look-up that failed. */
const LOOK_AGAIN = 5_000;
/** Revocations that a node remembers itself, for the time when its engine is away. */
const MAX_REMEMBERED = 10_000;

/**
 * Who was revoked by `SseBroadcaster.disconnect({ user })` or `({ token })`, and may not come back. Asked whenever a stream
 * opens; guards that check tokens ask it too, so that a reloaded page stays out.
 *
 * @example
 * const identity = { userId: payload.sub, permissions: [], tokenId: payload.jti, issuedAt: new Date(payload.iat * 1_000) };
 * if (await this.revocations.isRevoked(identity)) throw new UnauthorizedException();
 */
@Injectable()
export class SseRevocations implements OnApplicationShutdown {
  /** @internal The engine answers again: those whose revocation could not be looked up are to be looked up now. */
  readonly readAgain$ = new Subject<void>();
  private readonly logger = new Logger('SseRevocations');
  private lookAgain: NodeJS.Timeout | undefined;
  private readonly remembered = new BoundedMap<Revocation>(MAX_REMEMBERED);

  /** @internal */
  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(BACKPLANE) private readonly backplane: Backplane,
  ) {}

  /**
   * Whether the identity's token was revoked, or its user after the token was issued. While the engine behind the
   * backplane is away, as far as this node knows: its streams are looked up when the engine is back.
   */
  async isRevoked(identity: SseIdentity): Promise<boolean> {
    const { userId, tokenId } = identity;
    const token = tokenId === undefined ? undefined : tokenKey(tokenId);
    const user = userKey(userId);
    if (token !== undefined && this.recall(token) !== undefined) return true;
    if (isRevokedBy(this.recall(user), identity)) return true;
    try {
      const [ofToken, ofUser] = await Promise.all([
        token === undefined ? undefined : this.backplane.get(token),
        this.backplane.get(user),
      ]);
      return ofToken !== undefined || isRevokedBy(ofUser, identity);
    } catch (error) {
      this.lookAgainLater(errorText(error));
      return false;
    }
  }

  /**
   * @internal Keeps that the target may not come back; nothing for one connection, which is no decision on its user.
   *
   * @throws SseBackplaneError
   */
  async revoke(target: DisconnectTarget): Promise<Revocation | undefined> {
    const revocation = this.revocationOf(target, Date.now());
    if (!revocation) return undefined;
    const { key, endsAt } = revocation;
    const value = later(revocation.value, await this.backplane.get(key));
    await this.backplane.put(key, value, { ttl: Math.max(1, endsAt - Date.now()) });
    return { key, value, endsAt };
  }

  /** @internal This node has heard of it. */
  remember(revocation: Revocation): void {
    const value = later(revocation.value, this.remembered.get(revocation.key)?.value);
    this.remembered.set(revocation.key, { ...revocation, value });
  }

  /** @internal The engine was away. It may have lost what it knew: what this node knows is told to it again. */
  readAgain(): void {
    void this.tellAgain().finally(() => this.readAgain$.next());
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    clearTimeout(this.lookAgain);
  }

  /** An engine that refuses for a while and stays connected is nobody's return: nobody would say that it is back. */
  private lookAgainLater(reason: string): void {
    if (this.lookAgain) return;
    this.logger.warn(`It can't be looked up now who was revoked, and is done again later: ${reason}`);
    this.lookAgain = setTimeout(() => {
      this.lookAgain = undefined;
      this.readAgain$.next();
    }, LOOK_AGAIN).unref();
  }

  private async tellAgain(): Promise<void> {
    const now = Date.now();
    const puts = [...this.remembered.values()]
      .filter(({ endsAt }) => endsAt > now)
      .map(({ key, value, endsAt }) => this.backplane.put(key, value, { ttl: endsAt - now, ifAbsent: true }));
    const [failed] = (await Promise.allSettled(puts)).filter((put) => put.status === 'rejected');
    if (failed) this.logger.warn(`Revocations could not be told again: ${errorText(failed.reason)}`);
  }

  private revocationOf(target: DisconnectTarget, now: number): Revocation | undefined {
    const { maxLife } = this.options.tokens;
    if ('user' in target) return { key: userKey(target.user), value: String(now), endsAt: now + maxLife };
    if (!('token' in target)) return undefined;
    const endsAt = target.expiresAt ? target.expiresAt.getTime() + TOLERANCE : now + maxLife;
    return endsAt > now ? { key: tokenKey(target.token), value: String(now), endsAt } : undefined;
  }

  private recall(key: string): string | undefined {
    const revocation = this.remembered.get(key);
    return revocation && revocation.endsAt > Date.now() ? revocation.value : undefined;
  }
}

function isRevokedBy(revokedAt: string | undefined, identity: SseIdentity): boolean {
  return revokedAt !== undefined && isIssuedBefore(identity, Number(revokedAt));
}

/** Of two times: a clock that was set back, or is another node's, must not take a revocation back. */
function later(one: string, other: string | undefined): string {
  return other !== undefined && Number(other) > Number(one) ? other : one;
}
