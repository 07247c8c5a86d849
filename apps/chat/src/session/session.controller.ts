import { randomBytes } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type ChatUser } from './chat-user.js';
import { CurrentSession } from './current-session.decorator.js';
import { PasswordAttemptsGuard } from './password-attempts.guard.js';
import { type Session } from './session.js';
import {
  clearSessionCookie,
  readBrowserCookie,
  readSessionCookie,
  setBrowserCookie,
  setSessionCookie,
} from './session-cookies.js';
import { Sessions } from './sessions.js';
import { SignIn } from './sign-in.dto.js';
import { WithoutSession } from './without-session.decorator.js';

/** Who somebody is, and what the page may show him. The server asks the token, whatever the page shows. */
type Me = ChatUser & Pick<Session, 'permissions'>;

@Controller('session')
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  /** Asked by every page that opens. */
  @Get()
  current(@CurrentSession() session: Session): Me {
    return meIn(session);
  }

  @Post()
  @WithoutSession(true)
  @UseGuards(PasswordAttemptsGuard)
  async signIn(
    @Body() signIn: SignIn,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const browser = readBrowserCookie(request) ?? randomBytes(18).toString('base64url');
    const { session, token } = await this.sessions.begin(signIn, browser, readSessionCookie(request));
    setBrowserCookie(request, response, browser);
    setSessionCookie(request, response, token);
    return meIn(session);
  }

  /** Asked by a page whose stream says that it ends with the token: `sse:expiring`. */
  @Post('renew')
  @HttpCode(200)
  async renew(
    @CurrentSession() current: Session,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const { session, token } = await this.sessions.renew(current);
    setSessionCookie(request, response, token);
    return meIn(session);
  }

  @Delete()
  @HttpCode(204)
  async signOut(@CurrentSession() session: Session, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.end(session);
    clearSessionCookie(response);
  }
}

function meIn({ sub, name, permissions }: Session): Me {
  return { userId: sub, name, permissions };
}
