import { afterEach, describe, expect, it } from '@jest/globals';
import { AdminPassword } from './admin-password.js';

describe('the admin password', () => {
  afterEach(() => {
    delete process.env.ADMIN_PASSWORD;
  });

  it('is the one that was chosen, which is not shown', () => {
    process.env.ADMIN_PASSWORD = 'of my own';
    const password = new AdminPassword();
    expect([password.is('of my own'), password.is('of my ow'), password.is('')]).toEqual([true, false, false]);
    expect(password.made).toBeUndefined();
  });

  it('is made anew by every start where none was chosen, and never empty', () => {
    process.env.ADMIN_PASSWORD = '';
    const [one, other] = [new AdminPassword(), new AdminPassword()];
    expect(one.made).toMatch(/^[\w-]{16}$/);
    expect([one.is(one.made!), one.is(other.made!), one.is('')]).toEqual([true, false, false]);
  });
});
