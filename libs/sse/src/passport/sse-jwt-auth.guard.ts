import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  type HttpException,
  Inject,
  Injectable,
  Logger,
  UnauthorizedException,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type SseIdentity, SseRevocations } from '../index.js';
import { printable, refusalReason } from './refusal-reason.js';
import { SSE_JWT_SETTINGS, type SseJwtSettings } from './sse-jwt-settings.js';
import { type SseJwtPayload, SseJwtStrategy } from './sse-jwt.strategy.js';
import { type SseJwtRequest } from './token-places.js';

/**
 * Lets requests with a good token pass, and leaves what the token says in `request.user`. It is for streams and for any
 * other route. A token that was revoked by `SseBroadcaster.disconnect()` is as good as a bad one.
 *
 * The client learns that its token is bad, and not why; the log has the reason. Override the protected methods for
 * requests or users of your own.
 *
 * @example
 * @Controller('rooms')
 * @UseGuards(SseJwtAuthGuard)
 * export class RoomsController {
 *   @SseStream(':room/events')
 *   events(@Param('room') room: string) {
 *     return channels(`room.${room}`);
 *   }
 * }
 */
@Injectable()
export class SseJwtAuthGuard implements CanActivate {
  private readonly logger = new Logger('SseJwt');

  // Properties, so that a class that extends this one has its constructor to itself.
  /** Finds and verifies the token. */
  @Inject(SseJwtStrategy) protected readonly strategy!: SseJwtStrategy;
  /** Knows which users and tokens were sent away. */
  @Inject(SseRevocations) protected readonly revocations!: SseRevocations;
  @Inject(SSE_JWT_SETTINGS) private readonly settings!: SseJwtSettings;
  @Inject(HttpAdapterHost) private readonly host!: HttpAdapterHost;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = this.getRequest(context);
    const token = this.strategy.tokenIn(request);
    if (token === undefined) throw this.withoutToken(context);
    const payload = await this.strategy.verify(request).catch((error: unknown) => {
      throw this.withBadToken(refusalReason(error, token), context);
    });
    if (await this.isRevoked(payload)) throw this.withBadToken('it was revoked', context);
    const user = await this.validate(payload, context);
    if (!user) throw this.withBadToken('its user is not known', context);
    // The application may know the user by another id than the token does, and have disconnected that one.
    const known = { ...payload, ...user };
    if (idIn(known) !== idIn(payload) && (await this.isRevoked(known)))
      throw this.withBadToken('it was revoked', context);
    request.user = user;
    return true;
  }

  /** The request of the context. */
  protected getRequest(context: ExecutionContext): SseJwtRequest {
    return context.switchToHttp().getRequest<SseJwtRequest>();
  }

  /**
   * What becomes `request.user`; `undefined` refuses the token. Default: the payload. Keep `exp`, `iat` and `jti` in it, by
   * which streams end and tokens are revoked, or set the option `identify`.
   */
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- for those who override it
  protected validate(payload: SseJwtPayload, _context: ExecutionContext): unknown {
    return payload;
  }

  /** Whose revocation is looked up. Default: `userId`, `id` or `sub` of the payload, as the default `identify` does it. */
  protected identityOf(payload: SseJwtPayload): SseIdentity {
    const { exp, iat, jti } = payload;
    return {
      userId: idIn(payload) ?? '',
      permissions: [],
      expiresAt: dateOf(exp),
      issuedAt: dateOf(iat),
      tokenId: typeof jti === 'string' ? jti : undefined,
    };
  }

  /** Whether the token or its user was revoked. */
  protected isRevoked(payload: SseJwtPayload): Promise<boolean> {
    return this.revocations.isRevoked(this.identityOf(payload));
  }

  /** The answer to a request without a token. */
  protected withoutToken(context: ExecutionContext): HttpException {
    this.log('no token', context);
    this.challenge('Bearer', context);
    return new UnauthorizedException();
  }

  /** The answer to a request with a bad token, whatever is wrong with it. The reason is for the log. */
  protected withBadToken(reason: string, context: ExecutionContext): HttpException {
    this.log(`a bad token: ${reason}`, context);
    if (this.settings.invalidTokenStatus === 403) return new ForbiddenException();
    this.challenge('Bearer error="invalid_token"', context);
    return new UnauthorizedException();
  }

  private challenge(value: string, context: ExecutionContext): void {
    const response = context.switchToHttp().getResponse<object>();
    this.host.httpAdapter.setHeader(response, 'WWW-Authenticate', value);
  }

  /** Without the query, where a token may stand. */
  private log(reason: string, context: ExecutionContext): void {
    const { method = '', url = '', ip = 'an unknown address' } = this.getRequest(context);
    const path = url.split('?', 1)[0] ?? '';
    this.logger.warn(`Refused ${printable(method)} ${printable(path)} from ${printable(ip)}: ${reason}`);
  }
}

/** A NumericDate counts seconds (RFC 7519, section 2). */
function dateOf(numericDate: unknown): Date | undefined {
  return typeof numericDate === 'number' ? new Date(numericDate * 1_000) : undefined;
}

function idIn({ userId, id, sub }: SseJwtPayload): string | undefined {
  const value = userId ?? id ?? sub;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
