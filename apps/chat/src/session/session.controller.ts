import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type ChatUser } from './chat-user.js';
import { CurrentUser } from './current-user.decorator.js';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.js';
import { SESSION_MAX_AGE, SessionStore } from './session.store.js';
import { SignIn } from './sign-in.dto.js';
import { WithoutSession } from './without-session.decorator.js';

@Controller('session')
export class SessionController {
  constructor(private readonly sessions: SessionStore) {}

  @Get()
  current(@CurrentUser() user: ChatUser): ChatUser {
    return user;
  }

  @Post()
  @WithoutSession(true)
  signIn(@Body() body: SignIn, @Req() request: Request, @Res({ passthrough: true }) response: Response): ChatUser {
    const current = this.sessions.use(readSessionCookie(request));
    // Another tab was faster.
    if (current?.user.name === body.name) return current.user;
    const session = this.sessions.create(body.name);
    if (current !== undefined) this.sessions.end(current);
    setSessionCookie(request, response, session.id, SESSION_MAX_AGE);
    return session.user;
  }

  @Delete()
  @HttpCode(204)
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    const session = this.sessions.use(readSessionCookie(request));
    if (session !== undefined) this.sessions.end(session);
    clearSessionCookie(response);
  }
}
