import { beforeEach, describe, expect, it } from '@jest/globals';
import { Admission, type AdmissionLimits, AdmissionScope } from './admission.js';
import { SseRefusedException } from './sse-refused.exception.js';

const limits: AdmissionLimits = {
  max: null,
  maxPerUser: null,
  maxPerIp: null,
  retryAfter: 1_000,
};
const anna = { userId: 'anna', remoteAddress: '127.0.0.1' };
const ben = { userId: 'ben', remoteAddress: '127.0.0.1' };
const nobody = { userId: undefined, remoteAddress: '127.0.0.1' };

describe('Admission', () => {
  let admission: Admission;
  beforeEach(() => {
    admission = new Admission();
  });

  const reserve = (who: typeof anna | typeof nobody, ...scopes: AdmissionScope[]) => {
    admission.reserve(who, { scopes, rejectsUsers: true });
  };
  const release = (who: typeof anna | typeof nobody, scopes: AdmissionScope[]) => {
    for (const scope of scopes) scope.release(who);
  };

  function refusalOf(act: () => unknown): SseRefusedException {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(SseRefusedException);
      return error as SseRefusedException;
    }
    throw new Error('There was a place.');
  }

  it('refuses beyond the maximum, until a place is given back', () => {
    const scopes = [new AdmissionScope({ ...limits, max: 2 })];
    reserve(anna, ...scopes);
    reserve(ben, ...scopes);
    const refusal = refusalOf(() => reserve(anna, ...scopes));
    expect([refusal.code, refusal.getStatus()]).toEqual(['SSE_MAX_CONNECTIONS', 503]);
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(500);
    expect(refusal.retryAfter).toBeLessThanOrEqual(1_500);
    release(anna, scopes);
    reserve(anna, ...scopes);
    refusalOf(() => reserve(anna, ...scopes));
    expect(admission.refused).toBe(2);
  });

  it('counts the addresses of one IPv6 network, and an IPv4 address in either form, as one', () => {
    const scopes = [new AdmissionScope({ ...limits, maxPerIp: 1 })];
    const at = (remoteAddress: string) => ({ userId: undefined, remoteAddress });
    reserve(at('2001:db8::1'), ...scopes);
    refusalOf(() => reserve(at('2001:db8::2'), ...scopes));
    reserve(at('2001:db8:0:1::1'), ...scopes);
    reserve(at('192.0.2.1'), ...scopes);
    refusalOf(() => reserve(at('::ffff:192.0.2.1'), ...scopes));
    release(at('2001:db8::1'), scopes);
    reserve(at('2001:db8::2'), ...scopes);
  });

  it('counts users and addresses apart', () => {
    const scopes = [new AdmissionScope({ ...limits, maxPerUser: 1, maxPerIp: 2 })];
    reserve(anna, ...scopes);
    expect(refusalOf(() => reserve(anna, ...scopes)).code).toBe('SSE_MAX_PER_USER');
    reserve(ben, ...scopes);
    const refusal = refusalOf(() => reserve(nobody, ...scopes));
    expect([refusal.code, refusal.getStatus()]).toEqual(['SSE_MAX_PER_IP', 429]);
    reserve({ ...nobody, remoteAddress: '127.0.0.2' }, ...scopes);
  });

  it('lets a user in beyond his limit where his oldest is to go for it', () => {
    const scopes = [new AdmissionScope({ ...limits, maxPerUser: 1 })];
    admission.reserve(anna, { scopes, rejectsUsers: false });
    admission.reserve(anna, { scopes, rejectsUsers: false });
    expect(refusalOf(() => reserve(anna, ...scopes)).code).toBe('SSE_MAX_PER_USER');
  });

  it('takes no place in one scope when another one has none', () => {
    const process = new AdmissionScope({ ...limits, max: 2 });
    const route = new AdmissionScope({ ...limits, max: 1 });
    reserve(anna, process, route);
    refusalOf(() => reserve(anna, process, route));
    reserve(anna, process);
    refusalOf(() => reserve(anna, process));
  });

  it('refuses everybody while it is closed', () => {
    admission.close('Closing.', () => 7);
    const refusal = refusalOf(() => reserve(anna));
    expect([refusal.code, refusal.getStatus(), refusal.retryAfter]).toEqual(['SSE_CLOSED_FOR_NEW', 503, 7]);
  });

  it('is open again when all who have closed it say so, and says why the first of them did', () => {
    const first = admission.close('Overloaded.', () => 1);
    const second = admission.close('Closing.', () => 2);
    expect(refusalOf(() => reserve(anna)).message).toBe('Overloaded.');

    first();
    first();
    expect(refusalOf(() => reserve(anna)).message).toBe('Closing.');
    second();

    expect(() => reserve(anna)).not.toThrow();
  });
});
