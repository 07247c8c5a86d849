import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SESSION_MAX_AGE, SessionSigner } from './session-signer.js';

const signer = new SessionSigner('a secret');
const ada = signer.userFor('Ada', 'browser-1');

describe('a user id', () => {
  it('is the same for the same name in the same browser, on every node and after a restart', () => {
    expect(new SessionSigner('a secret').userFor('Ada', 'browser-1')).toEqual(ada);
    expect(ada).toEqual({ userId: expect.stringMatching(/^Ada#[\w-]{16}$/), name: 'Ada' });
  });

  it.each([
    ['in another browser', new SessionSigner('a secret').userFor('Ada', 'browser-2')],
    ['of another name', new SessionSigner('a secret').userFor('ada', 'browser-1')],
    ['where the secret is another', new SessionSigner('another').userFor('Ada', 'browser-1')],
  ])('is another one %s', (_, other) => {
    expect(other.userId.split('#')[1]).not.toBe(ada.userId.split('#')[1]);
  });
});

describe('a session', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells on every node who somebody is', () => {
    const wizard = signer.userFor('🧙 #1', 'browser-1');
    expect(new SessionSigner('a secret').read(signer.sign(wizard))).toEqual(wizard);
    expect(signer.sign(wizard)).toMatch(/^[\w.-]+$/);
  });

  it('is over after its time', () => {
    const session = signer.sign(ada);
    jest.advanceTimersByTime(SESSION_MAX_AGE - 1);
    expect(signer.read(session)).toEqual(ada);
    jest.advanceTimersByTime(1);
    expect(signer.read(session)).toBeUndefined();
  });

  it("is nobody's if it was changed, or signed by somebody else", () => {
    const session = signer.sign(ada);
    const [id = '', end = '', signature = ''] = session.split('.');
    const grace = Buffer.from('Grace#aaaaaaaaaaaaaaaa').toString('base64url');
    const forgeries = [
      `${grace}.${end}.${signature}`,
      `${id}.${Number(end) + 1}.${signature}`,
      `${id}.${end}.${signature.slice(1)}`,
      `${id}.${end}`,
      new SessionSigner('another').sign(ada),
      '',
      undefined,
    ];
    expect(forgeries.map((forgery) => signer.read(forgery))).toEqual(forgeries.map(() => undefined));
  });
});
