import { afterAll, describe, expect, it } from '@jest/globals';
import { UserIds } from './user-ids.js';

const given = process.env.SESSION_SECRET;

afterAll(() => {
  process.env.SESSION_SECRET = given ?? '';
});

function withSecret(secret: string): UserIds {
  process.env.SESSION_SECRET = secret;
  return new UserIds();
}

describe('a user id', () => {
  const ada = withSecret('a secret').userFor('Ada', 'browser-1');

  it('is the same for the same name in the same browser, on every node and after a restart', () => {
    expect(withSecret('a secret').userFor('Ada', 'browser-1')).toEqual(ada);
    expect(ada).toEqual({ userId: expect.stringMatching(/^Ada#[\w-]{16}$/), name: 'Ada' });
  });

  it.each([
    ['in another browser', withSecret('a secret').userFor('Ada', 'browser-2')],
    ['of another name', withSecret('a secret').userFor('ada', 'browser-1')],
    ['where the secret is another', withSecret('another').userFor('Ada', 'browser-1')],
  ])('is another one %s', (_, other) => {
    expect(other.userId.split('#')[1]).not.toBe(ada.userId.split('#')[1]);
  });
});
