import { randomBytes } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { SseBroadcaster } from 'nestjs-event-stream';
import { type ChatUser } from './chat-user.js';
import { CurrentUser } from './current-user.decorator.js';
import { NamesInUse } from './names-in-use.js';
import {
  clearSessionCookie,
  readBrowserCookie,
  readSessionCookie,
  setBrowserCookie,
  setSessionCookie,
} from './session-cookies.js';
import { SessionSigner } from './session-signer.js';
import { SignIn } from './sign-in.dto.js';
import { WithoutSession } from './without-session.decorator.js';

@Controller('session')
export class SessionController {
  constructor(
    private readonly signer: SessionSigner,
    private readonly names: NamesInUse,
    private readonly broadcaster: SseBroadcaster,
  ) {}

  /** Asked by every page that opens, which makes the session last from then on. */
  @Get()
  current(
    @CurrentUser() user: ChatUser,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): ChatUser {
    setSessionCookie(request, response, this.signer.sign(user));
    return user;
  }

  @Post()
  @WithoutSession(true)
  async signIn(
    @Body() { name }: SignIn,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ChatUser> {
    const browser = readBrowserCookie(request) ?? randomBytes(18).toString('base64url');
    const user = this.signer.userFor(name, browser);
    await this.names.requireFree(user);
    const previous = this.signer.read(readSessionCookie(request));
    if (previous !== undefined && previous.userId !== user.userId) await this.endStreams(previous);
    setBrowserCookie(request, response, browser);
    setSessionCookie(request, response, this.signer.sign(user));
    return user;
  }

  @Delete()
  @HttpCode(204)
  async signOut(@CurrentUser() user: ChatUser, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.endStreams(user);
    clearSessionCookie(response);
  }

  /** In every tab, on every node: the page is told `sse:end` with this reason, and its EventSource stays closed. */
  private async endStreams({ userId }: ChatUser): Promise<void> {
    await this.broadcaster.disconnect({ user: userId }, 'signed-out');
  }
}
