import { type ExecutionContext, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SseJwtAuthGuard } from 'nestjs-event-stream/passport';
import { WithoutSession } from './without-session.decorator.js';

/**
 * Every route wants a session unless it says otherwise. What its token says is put into `request.user`, where the library
 * looks for the identity of a stream, too.
 */
@Injectable()
export class SessionGuard extends SseJwtAuthGuard {
  @Inject(Reflector) private readonly reflector!: Reflector;

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    return this.reflector.get(WithoutSession, context.getHandler()) || super.canActivate(context);
  }

  /** Every page that opens asks who it is, before anybody has signed in: that is nothing for the log. */
  protected override withoutToken(): UnauthorizedException {
    return new UnauthorizedException('Sign in first');
  }
}
