import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type ChatUser } from './chat-user.js';
import { sessionOf } from './current-session.decorator.js';

/** Who makes this request, by the session cookie. Nothing in a body or a URL can change it. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): ChatUser => {
  const { sub, name } = sessionOf(context);
  return { userId: sub, name };
});
