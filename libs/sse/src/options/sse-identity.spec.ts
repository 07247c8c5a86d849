import { describe, expect, it } from '@jest/globals';
import { checkedIdentity, identityFromJson, renewedIdentity, type SseIdentity } from './sse-identity.js';

const identity: SseIdentity = { userId: '7', permissions: ['read'], expiresAt: new Date(2), issuedAt: new Date(1) };

describe('checkedIdentity()', () => {
  it('takes one with a user, a list of permissions and dates', () => {
    expect(checkedIdentity(identity)).toBe(identity);
    expect(checkedIdentity({ userId: '7', permissions: [] })).toEqual({ userId: '7', permissions: [] });
  });

  it.each<[string, object]>([
    ['userId', { userId: '' }],
    ['userId', { userId: 7 }],
    ['permissions', { permissions: 'admin' }],
    ['permissions', { permissions: [1] }],
    ['expiresAt', { expiresAt: new Date(NaN) }],
    ['expiresAt', { expiresAt: '2027-01-01' }],
    ['issuedAt', { issuedAt: 5 }],
  ])('refuses a wrong %s: %j', (field, wrong) => {
    expect(() => checkedIdentity({ ...identity, ...wrong })).toThrow(`The ${field} of an identity`);
  });
});

describe('renewedIdentity()', () => {
  it('keeps of the token what the change does not speak of', () => {
    const renewed = renewedIdentity({ ...identity, tokenId: 't' }, { userId: '7', permissions: ['more'] });
    expect(renewed).toEqual({ ...identity, permissions: ['more'], tokenId: 't' });
    expect(renewedIdentity(identity, { ...identity, expiresAt: new Date(9) }).expiresAt).toEqual(new Date(9));
    expect(renewedIdentity(undefined, identity)).toEqual({ ...identity, tokenId: undefined });
  });
});

describe('identityFromJson()', () => {
  it('has its dates again', () => {
    expect(identityFromJson(JSON.parse(JSON.stringify(identity)) as SseIdentity)).toEqual(identity);
    expect(identityFromJson({ userId: '7', permissions: [] })).toEqual({ userId: '7', permissions: [] });
  });
});
