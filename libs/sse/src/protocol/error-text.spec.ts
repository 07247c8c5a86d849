import { describe, expect, it } from '@jest/globals';
import { errorStack, errorText } from './error-text.js';

const throwing = () => {
  throw new Error('Not even that');
};

describe('what was thrown', () => {
  it.each<[unknown, string]>([
    [new Error('as usual'), 'as usual'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('odd'), 'Symbol(odd)'],
    [7n, '7'],
  ])('has a text: %p', (thrown, text) => {
    expect(errorText(thrown)).toBe(text);
  });

  it.each<[string, unknown]>([
    ['an object without a prototype', Object.create(null)],
    ['an object whose toString() throws', { toString: throwing }],
    ['an error whose message throws', Object.defineProperty(new Error(), 'message', { get: throwing })],
    ['an error whose stack throws', Object.defineProperty(new Error(), 'stack', { get: throwing })],
    ['a proxy that throws at everything', new Proxy({}, { get: throwing, getPrototypeOf: throwing })],
  ])('never throws again: %s', (_what, thrown) => {
    expect(typeof errorText(thrown)).toBe('string');
    expect(['string', 'undefined']).toContain(typeof errorStack(thrown));
  });
});
