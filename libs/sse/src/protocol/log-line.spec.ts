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
});
