import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Session } from './session.js';

/** The session of this request, as `SessionGuard` has read it from the cookie. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => sessionOf(context));

export function sessionOf(context: ExecutionContext): Session {
  return context.switchToHttp().getRequest<Request & { user: Session }>().user;
}
