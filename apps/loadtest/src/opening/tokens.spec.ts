import { afterEach, describe, expect, it } from '@jest/globals';
import { TokenCommand } from './token-command.js';
import { TokenLines } from './token-lines.js';
import { CheckedTokenSource, TokenError, type TokenSource } from './token-source.js';

let source: TokenSource | undefined;

afterEach(() => source?.close());

async function tokens(from: TokenSource, count: number): Promise<string[]> {
  source = from;
  return Promise.all(Array.from({ length: count }, (_, index) => from.next(index)));
}

describe('TokenCommand', () => {
  it('runs the command for each stream, and tells it which', async () => {
    expect(await tokens(new TokenCommand('echo a{n}-$SSE_LOADTEST_N'), 6)).toEqual(
      [0, 1, 2, 3, 4, 5].map((n) => `a${n}-${n}`),
    );
  });

  it.each([
    ['fails', 'echo why >&2; exit 1', 'failed: why'],
    ['prints nothing', 'true', 'printed nothing'],
    ['prints more than a line', 'echo a; echo b', 'more than one line'],
  ])('gives no token where the command %s', async (_how, command, message) => {
    await expect(new TokenCommand(command).next(7)).rejects.toThrow(message);
    await expect(new TokenCommand(command).next(7)).rejects.toThrow(TokenError);
  });
});

describe('TokenLines', () => {
  it('takes the lines of a command that prints all at once', async () => {
    const command = 'i=0; while [ $i -lt $SSE_LOADTEST_CONNECTIONS ]; do echo t$i; i=$((i+1)); done';
    const all = await tokens(new TokenLines(command, 3_000), 3_000);
    expect(all).toEqual(Array.from({ length: 3_000 }, (_, index) => `t${index}`));
  });

  it('asks a command that waits to be asked', async () => {
    expect(await tokens(new TokenLines('while read n; do echo "for $n"; done', 3), 3)).toEqual([
      'for 0',
      'for 1',
      'for 2',
    ]);
  });

  it('says what became of a command that ended too early', async () => {
    const from = new TokenLines('echo one; echo out of ink >&2; exit 4', 2);
    source = from;
    expect(await from.next(0)).toBe('one');
    await expect(from.next(1)).rejects.toThrow('ended (exit code 4) after 1 tokens: out of ink');
  });
});

describe('CheckedTokenSource', () => {
  it('has its first token beforehand, and gives it to the first stream', async () => {
    const checked = new CheckedTokenSource(new TokenLines('echo one; echo two', 2));
    source = checked;
    await checked.check();
    expect([await checked.next(0), await checked.next(1)]).toEqual(['one', 'two']);
  });
});
