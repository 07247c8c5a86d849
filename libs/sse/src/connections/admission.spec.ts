import { beforeEach, describe, expect, it } from '@jest/globals';
import { Admission, type AdmissionLimits, AdmissionScope } from './admission.js';
import { SseRefusedException } from './sse-refused.exception.js';

const limits: AdmissionLimits = {
  max: null,
  maxPerUser: null,
  maxPerIp: null,
  onUserLimit: 'replace-oldest',
  retryAfter: 1_000,
};
const anna = { userId: 'anna', remoteAddress: '127.0.0.1' };
const ben = { userId: 'ben', remoteAddress: '127.0.0.1' };

describe('Admission', () => {
  let admission: Admission;
  beforeEach(() => {
    admission = new Admission();
  });

  function refusalOf(act: () => unknown): SseRefusedException {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(SseRefusedException);
      return error as SseRefusedException;
    }
    throw new Error('There was a place.');
  }

  it('refuses beyond the maximum, and takes a place back once', () => {
    const scopes = [new AdmissionScope({ ...limits, max: 2 })];
    const first = admission.reserve(anna, scopes);
    admission.reserve(ben, scopes);
    const refusal = refusalOf(() => admission.reserve(anna, scopes));
    expect([refusal.code, refusal.getStatus()]).toEqual(['SSE_MAX_CONNECTIONS', 503]);
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(500);
    expect(refusal.retryAfter).toBeLessThanOrEqual(1_500);
    first.release();
    first.release();
    admission.reserve(anna, scopes);
    refusalOf(() => admission.reserve(anna, scopes));
    expect(admission.refused).toBe(2);
  });

  it('counts users and addresses apart', () => {
    const scopes = [new AdmissionScope({ ...limits, maxPerUser: 1, maxPerIp: 2, onUserLimit: 'reject' })];
    admission.reserve(anna, scopes);
    expect(refusalOf(() => admission.reserve(anna, scopes)).code).toBe('SSE_MAX_PER_USER');
    admission.reserve(ben, scopes);
    const nobody = { userId: undefined, remoteAddress: '127.0.0.1' };
    const refusal = refusalOf(() => admission.reserve(nobody, scopes));
    expect([refusal.code, refusal.getStatus()]).toEqual(['SSE_MAX_PER_IP', 429]);
    admission.reserve({ ...nobody, remoteAddress: '127.0.0.2' }, scopes);
  });

  it('takes no place in one scope when another one has none', () => {
    const process = new AdmissionScope({ ...limits, max: 2 });
    const route = new AdmissionScope({ ...limits, max: 1 });
    admission.reserve(anna, [process, route]);
    refusalOf(() => admission.reserve(anna, [process, route]));
    admission.reserve(anna, [process]);
    refusalOf(() => admission.reserve(anna, [process]));
  });

  it('refuses everybody while it is closed', () => {
    admission.close('Closing.', () => 7);
    const refusal = refusalOf(() => admission.reserve(anna, []));
    expect([refusal.code, refusal.getStatus(), refusal.retryAfter]).toEqual(['SSE_CLOSED_FOR_NEW', 503, 7]);
    admission.open();
    admission.reserve(anna, []);
  });
});
