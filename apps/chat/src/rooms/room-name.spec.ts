import { describe, expect, it } from '@jest/globals';
import { roomName } from './room-name.js';

describe('roomName', () => {
  it.each(['compilers', 'Compilers', '  COMPILERS ', 'Ｃｏｍｐｉｌｅｒｓ'])('writes %p as compilers', (text) => {
    expect(roomName(text)).toBe('compilers');
  });

  it('keeps one space between words', () => {
    expect(roomName('Number \t theory')).toBe('number theory');
  });

  it('leaves what is no text to the validation', () => {
    expect(roomName(42)).toBe(42);
  });
});
