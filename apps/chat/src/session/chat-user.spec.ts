import { describe, expect, it } from '@jest/globals';
import { isSameName, userOf } from './chat-user.js';

describe('userOf', () => {
  it.each([
    ['Ada#aaaaaaaaaaaaaaaa', 'Ada'],
    ['C# developer#aaaaaaaaaaaaaaaa', 'C# developer'],
    ['🧙#aaaaaaaaaaaaaaaa', '🧙'],
  ])('knows by %s that it is %s', (userId, name) => {
    expect(userOf(userId)).toEqual({ userId, name });
  });

  it.each(['Ada', '#aaaaaaaaaaaaaaaa', 'Ada#short', `${'a'.repeat(33)}#aaaaaaaaaaaaaaaa`, ''])(
    'takes %p for nobody',
    (id) => {
      expect(userOf(id)).toBeUndefined();
    },
  );
});

it.each(['Ada', 'ADA', 'Ａｄａ'])('%s is the name Ada', (name) => {
  expect(isSameName(name, 'Ada')).toBe(true);
  expect(isSameName(name, 'Adam')).toBe(false);
});
