import { type Request, type Response } from 'express';

const COOKIE = 'chat_session';

/** Scripts can't read it (HttpOnly), and other sites' forms and frames don't send it (SameSite). */
export function setSessionCookie(request: Request, response: Response, sessionId: string, maxAge: number): void {
  response.cookie(COOKIE, sessionId, { httpOnly: true, sameSite: 'lax', secure: request.secure, path: '/', maxAge });
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(COOKIE, { path: '/' });
}

/** The session id that the browser sent, if it sent one. */
export function readSessionCookie(request: Pick<Request, 'headers'>): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === COOKIE) return value?.trim();
  }
  return undefined;
}
