import { describe, expect, it } from '@jest/globals';
import { addressOf, quoted, requesterOf } from './dashboard-request.js';

const request = { url: '/', headers: {} };

describe('a request to the dashboard', () => {
  it('has the address that the client wrote, whatever a router has cut off', () => {
    const address = addressOf({ ...request, url: '/?page=1', originalUrl: '/tools//sse-dashboard/?page=2' });
    expect([address.pathname, address.searchParams.get('page')]).toEqual(['/tools//sse-dashboard/', '2']);
    expect(addressOf({ ...request, url: '//evil.example/x' }).pathname).toBe('//evil.example/x');
  });

  it.each([
    [{ userId: 'ann' }, '"ann"'],
    [{ id: 7 }, '"7"'],
    [{ sub: 'x' }, '"x"'],
    [{}, 'somebody unknown'],
    ['ann', 'somebody unknown'],
    [undefined, 'somebody unknown'],
  ])('is, for the log, of whom the guards have found: %j', (user, name) => {
    expect(requesterOf({ ...request, user })).toBe(name);
  });

  it('has names that stay on their line of the log', () => {
    expect(quoted('a\nFAKE LINE')).toBe('"a\\nFAKE LINE"');
    expect(quoted('a\u202Eb\u2028c')).toBe('"a\uFFFDb\uFFFDc"');
    expect(quoted('x'.repeat(1_000)).length).toBeLessThan(210);
  });
});
