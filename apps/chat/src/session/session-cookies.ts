import { type CookieOptions, type Request, type Response } from 'express';
import { KICKED_FOR } from './kicked-people.js';
import { sessionLife } from './session-life.js';

export const SESSION_COOKIE = 'chat_session';
const BROWSER = 'chat_browser';
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** It outlives its token by a while, in which it tells that somebody was kicked in this browser. */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(SESSION_COOKIE, token, { ...guarded(request), maxAge: sessionLife() + KICKED_FOR });
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(SESSION_COOKIE, { path: '/' });
}

export function readSessionCookie(request: Pick<Request, 'headers'>): string | undefined {
  return readCookie(request, SESSION_COOKIE);
}

/** It outlives the session: whoever signs in here again under his name is the same person, whose messages have waited. */
export function setBrowserCookie(request: Request, response: Response, browser: string): void {
  response.cookie(BROWSER, browser, { ...guarded(request), maxAge: YEAR });
}

export function readBrowserCookie(request: Pick<Request, 'headers'>): string | undefined {
  return readCookie(request, BROWSER);
}

/** Scripts can't read it (HttpOnly), and other sites' forms and frames don't send it (SameSite). */
function guarded({ secure }: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' };
}

function readCookie(request: Pick<Request, 'headers'>, wanted: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === wanted) return value?.trim();
  }
  return undefined;
}
