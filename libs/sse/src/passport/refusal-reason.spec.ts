import { describe, expect, it } from '@jest/globals';
import { refusalReason } from './refusal-reason.js';

describe('the reason for the log', () => {
  it('is what the check says', () => {
    expect(refusalReason(new Error('jwt expired'), 'a.b.c')).toBe('jwt expired');
  });

  it('never holds the token', () => {
    expect(refusalReason(new Error('no key for a.b.c, sorry'), 'a.b.c')).toBe('no key for (the token), sorry');
  });

  it('does not quote what could not be parsed', () => {
    expect(refusalReason(new SyntaxError('Unexpected token x in "xyz"'), 'a.b.c')).toBe('it is not well-formed');
  });

  it('is one line without control characters, and not without end', () => {
    const reason = refusalReason(
      new Error(`no key for kid\r\n[Nest] forged\u001b[31m\u2028${'x'.repeat(500)}`),
      'a.b.c',
    );

    expect(reason).toMatch(/^no key for kid\uFFFD\uFFFD\[Nest\] forged\uFFFD\[31m\uFFFDx+…$/);
    expect(reason).toHaveLength(201);
  });

  it.each([undefined, 'text', new Error('')])('is there for whatever was thrown: %j', (thrown) => {
    expect(refusalReason(thrown, 'a.b.c')).toBe('it could not be checked');
  });
});
