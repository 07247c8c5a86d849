import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type ChatUser } from './chat-user.js';

/** Who makes this request, by the session cookie. Nothing in a body or a URL can change it. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request & { user?: ChatUser }>().user,
);
