import { describe, expect, it } from '@jest/globals';
import { readBrowserCookie, readSessionCookie } from './session-cookies.js';

describe('readSessionCookie', () => {
  it.each([
    ['chat_session=abc', 'abc'],
    ['theme=dark; chat_session=abc; other=1', 'abc'],
    ['not_chat_session=abc', undefined],
    ['chat_session', undefined],
    [undefined, undefined],
  ])('finds in %p the session %p', (cookie, session) => {
    expect(readSessionCookie({ headers: { cookie } })).toBe(session);
  });

  it('does not take the browser for the session', () => {
    const request = { headers: { cookie: 'chat_browser=b; chat_session=s' } };
    expect([readSessionCookie(request), readBrowserCookie(request)]).toEqual(['s', 'b']);
  });
});
