import { type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { checkedIdentity, type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { isAwaited } from './is-awaited.js';

/** What guards such as Passport's leave on a request. Claims of a JWT are read under their own names (RFC 7519). */
interface RequestUser {
  userId?: unknown;
  id?: unknown;
  sub?: unknown;
  permissions?: unknown;
  scope?: unknown;
  exp?: unknown;
  iat?: unknown;
  jti?: unknown;
}

/** Finds out whose stream a request opens: by the option `identify`, or from `request.user`. */
@Injectable()
export class Identification {
  private readonly logger = new Logger('SseIdentity');
  private hasWarned = false;

  constructor(@Inject(SSE_OPTIONS) private readonly options: ResolvedOptions) {}

  identify(context: ExecutionContext): SseIdentity | undefined | Promise<SseIdentity | undefined> {
    const { identify } = this.options;
    if (identify) {
      const identity = identify(context);
      return isAwaited(identity) ? this.whenKnown(identity) : identity && checkedIdentity(identity);
    }
    return this.fromUser(context.switchToHttp().getRequest<{ user?: RequestUser | null }>().user);
  }

  private async whenKnown(identity: PromiseLike<SseIdentity | undefined>): Promise<SseIdentity | undefined> {
    const found = await identity;
    return found && checkedIdentity(found);
  }

  private fromUser(user: RequestUser | null | undefined): SseIdentity | undefined {
    if (!user) return undefined;
    const id = user.userId ?? user.id ?? user.sub;
    if ((typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') || id === '') {
      this.warnOnce();
      return undefined;
    }
    return {
      userId: String(id),
      permissions: permissionsOf(user),
      expiresAt: dateOf(user.exp),
      issuedAt: dateOf(user.iat),
      tokenId: typeof user.jti === 'string' ? user.jti : undefined,
      user,
    };
  }

  private warnOnce(): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.logger.warn(
      'request.user has neither userId, id nor sub, so its streams belong to nobody: toUser() and the limits per user do not see them. Set the option identify.',
    );
  }
}

/** The furthest that a Date reaches, in milliseconds. */
const FURTHEST = 8.64e15;

/** A NumericDate counts seconds (RFC 7519, section 2). */
function dateOf(numericDate: unknown): Date | undefined {
  if (typeof numericDate !== 'number' || Number.isNaN(numericDate)) return undefined;
  return new Date(Math.max(-FURTHEST, Math.min(FURTHEST, numericDate * 1_000)));
}

function permissionsOf({ permissions, scope }: RequestUser): readonly string[] {
  if (Array.isArray(permissions)) return permissions.filter((name): name is string => typeof name === 'string');
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
}
