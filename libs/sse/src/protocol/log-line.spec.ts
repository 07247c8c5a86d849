import { describe, expect, it } from '@jest/globals';
import { logLine } from './log-line.js';

describe('logLine()', () => {
  it('adds what is known as fields', () => {
    expect(logLine('Closed', { connection: 'a1-b2', user: undefined, events: 3, replaced: false })).toBe(
      'Closed connection=a1-b2 events=3 replaced=false',
    );
  });

  it.each([
    ['ann smith', 'user="ann smith"'],
    ['', 'user=""'],
    ['ann reason=kicked', 'user="ann reason=kicked"'],
    ['a"b', 'user="a\\"b"'],
    ['a=b', 'user="a=b"'],
    ['a\nERROR forged', 'user="a\uFFFDERROR forged"'],
    ['$user.ann@example.com', 'user=$user.ann@example.com'],
  ])('lets %j pass for nothing but a value', (user, shown) => {
    expect(logLine('Closed', { user })).toBe(`Closed ${shown}`);
  });

  it('cuts what is endless, but not the end of a reason that quotes a client', () => {
    const agent = 'x'.repeat(200);

    expect(logLine('Refused', { reason: `"${agent}" contains "bot"` })).toContain(String.raw`contains \"bot\"`);
    expect(logLine('Refused', { reason: 'x'.repeat(100_000) }).length).toBeLessThan(600);
  });
});
