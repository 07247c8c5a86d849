import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Request } from 'express';
import { type ChatUser } from './chat-user.js';
import { readSessionCookie } from './session-cookies.js';
import { SessionSigner } from './session-signer.js';
import { WithoutSession } from './without-session.decorator.js';

/** Puts `{ userId, name }` into `request.user`, where the library looks for the identity of a stream too. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly signer: SessionSigner,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request & { user?: ChatUser }>();
    request.user = this.signer.read(readSessionCookie(request));
    if (request.user !== undefined || this.reflector.get(WithoutSession, context.getHandler())) return true;
    throw new UnauthorizedException('Sign in first');
  }
}
