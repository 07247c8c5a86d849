import { describe, expect, it } from '@jest/globals';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { backplaneError, explain, isAboutServer, textOf } from './error-cause.js';

describe('explain()', () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", /out of memory.*raise its maxmemory/],
    ["READONLY You can't write against a read only replica.", /replica.*primary/],
    ['NOAUTH HELLO must be called with the client already authenticated', /password/],
    ['WRONGPASS invalid username-password pair or user is disabled.', /password/],
    ['ERR AUTH <password> called without any password configured for the default user.', /password/],
    ['MISCONF Redis is configured to save RDB snapshots', /disk/],
    ['LOADING Redis is loading the dataset in memory', /ends by itself/],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', /another application.*prefix of its own/],
    // As Redis 6.2 tells errors of scripts.
    ['ERR Error running script (call to f_ab): @user_script:3: WRONGTYPE Operation', /another application/],
    ["NOPERM this user has no permissions to run the 'evalsha' command", /NOPERM/],
    ['CLUSTERDOWN Hash slot not served', /CLUSTER INFO/],
    ['MOVED 3999 127.0.0.1:6381', /cluster/],
  ])('%s', (text, explanation) => {
    expect(explain(new Error(text))).toMatch(explanation);
    expect(explain(new Error(text))).toContain(text);
  });

  it('leaves what it does not know as it is', () => {
    expect(explain(new Error('Socket closed unexpectedly'))).toBe('Socket closed unexpectedly');
  });
});

describe('textOf()', () => {
  it('names the codes of all addresses that were tried', () => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
    const error = new AggregateError([refused('::1:6379'), refused('127.0.0.1:6379')]);
    expect(textOf(error)).toBe('connect ECONNREFUSED ::1:6379, connect ECONNREFUSED 127.0.0.1:6379');
  });

  it('adds a code that the message does not have', () => {
    expect(textOf(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))).toBe('getaddrinfo (ENOTFOUND)');
  });
});

describe('backplaneError()', () => {
  it('keeps the cause, and an error that is one already', () => {
    const cause = new Error('LOADING Redis is loading the dataset in memory');
    const error = backplaneError('It was not published', cause);
    expect(error).toMatchObject({
      code: 'SSE_BACKPLANE',
      cause,
      message: expect.stringMatching(/^It was not published: it is/),
    });
    expect(backplaneError('Again', error)).toBe(error);
    expect(error).toBeInstanceOf(SseBackplaneError);
  });

  it('knows when another connection is needed', () => {
    expect(isAboutServer(new Error("READONLY You can't write"))).toBe(true);
    expect(isAboutServer(new Error('OOM command not allowed'))).toBe(false);
  });
});
