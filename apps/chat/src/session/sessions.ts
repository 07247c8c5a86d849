import { Injectable, Logger, UnauthorizedException } from '@nestjs/common';
import { SseBroadcaster, SseRevocations } from 'nestjs-event-stream';
import { AdminPassword } from './admin-password.js';
import { KickedPeople } from './kicked-people.js';
import { NamesInUse } from './names-in-use.js';
import { ADMIN, READ } from './permissions.js';
import { identityOf, type Session } from './session.js';
import { now, SessionTokens, type SignedSession } from './session-tokens.js';
import { type SignIn } from './sign-in.dto.js';
import { UserIds } from './user-ids.js';

/** Who comes in, for how long, and who goes. */
@Injectable()
export class Sessions {
  private readonly logger = new Logger(Sessions.name);

  constructor(
    private readonly tokens: SessionTokens,
    private readonly userIds: UserIds,
    private readonly names: NamesInUse,
    private readonly kicked: KickedPeople,
    private readonly adminPassword: AdminPassword,
    private readonly broadcaster: SseBroadcaster,
    private readonly revocations: SseRevocations,
  ) {}

  /** `lastToken`: what is left in this browser of the session before. */
  async begin({ name, adminPassword }: SignIn, browser: string, lastToken?: string): Promise<SignedSession> {
    const permissions = this.permissionsFor(adminPassword);
    // The time before it is asked whether he was kicked: if he is in this moment, the token is from before.
    const iat = now();
    const user = this.userIds.userFor(name, browser);
    const last = this.tokens.read(lastToken);
    // Another name does not help him either.
    await this.kicked.requireNotKicked(new Set([user.userId, last?.sub ?? user.userId]));
    await this.names.requireFree(user);
    if (last && last.sub !== user.userId) await this.end(last);
    // His other tabs may be open with it: signing out is to end them, too.
    const goesOn = last?.sub === user.userId && !(await this.revocations.isRevoked(identityOf(last)));
    return this.tokens.begin(user, permissions, { iat, jti: goesOn ? last.jti : undefined });
  }

  /** With a new token, which the open streams get as well: they need not end with the old one. */
  async renew(session: Session): Promise<SignedSession> {
    const renewed = this.tokens.renew(session);
    await this.broadcaster.updateIdentity(session.sub, identityOf(renewed.session)).catch((error: unknown) => {
      // They end with it, then, and come back with the new cookie.
      this.logger.warn(`The streams of ${session.sub} were not told of his new token: ${String(error)}`);
    });
    return renewed;
  }

  /**
   * In every tab, on every node: the page is told `sse:end` with this reason, and its EventSource stays closed. The session
   * is over also for somebody who has kept its cookie.
   */
  async end({ jti, exp }: Session): Promise<void> {
    await this.broadcaster.disconnect({ token: jti, expiresAt: new Date(exp * 1_000) }, 'signed-out');
  }

  private permissionsFor(adminPassword = ''): string[] {
    if (adminPassword === '') return [READ];
    if (this.adminPassword.is(adminPassword)) return [READ, ADMIN];
    throw new UnauthorizedException('This is not the admin password');
  }
}
