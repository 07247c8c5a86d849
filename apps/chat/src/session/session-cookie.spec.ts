import { describe, expect, it } from '@jest/globals';
import { readSessionCookie } from './session-cookie.js';

describe('readSessionCookie', () => {
  it.each([
    ['chat_session=abc', 'abc'],
    ['theme=dark; chat_session=abc; other=1', 'abc'],
    ['not_chat_session=abc', undefined],
    ['chat_session', undefined],
    [undefined, undefined],
  ])('finds in %p the id %p', (cookie, id) => {
    expect(readSessionCookie({ headers: { cookie } })).toBe(id);
  });
});
