import { describe, expect, it } from '@jest/globals';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { discardSource, sourceOf } from './source.js';

function iteratorOf(stream: Readable): AsyncIterator<unknown> {
  const source = sourceOf(stream, 'Test.handler');
  if (source.kind !== 'iterable') throw new Error(`It was taken for ${source.kind}.`);
  return source.iterator;
}

describe("a stream of Node's as a source", () => {
  it('that fails before it is read fails when it is read, and until then hurts nobody', async () => {
    const stream = new PassThrough();
    const iterator = iteratorOf(stream);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy(new Error('No such file'));
    await closed;
    await expect(iterator.next()).rejects.toThrow('No such file');
  });

  it('that fails after it was let go of hurts nobody', async () => {
    const stream = new PassThrough();
    discardSource(sourceOf(stream, 'Test.handler'));
    expect(stream.destroyed).toBe(true);
    stream.emit('error', new Error('Too late'));
    await turn();
  });

  it('is read to its end', async () => {
    const iterator = iteratorOf(Readable.from(['one', 'two']));
    expect(await iterator.next()).toEqual({ done: false, value: 'one' });
    expect(await iterator.next()).toEqual({ done: false, value: 'two' });
    expect(await iterator.next()).toMatchObject({ done: true });
  });
});

describe('what is no source', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', 'a string'],
    [[1], 'Array'],
    [Object.create(null), 'Object'],
  ])('is named: %p', (result, name) => {
    expect(() => sourceOf(result, 'Test.handler')).toThrow(`Test.handler returned ${name}:`);
  });
});
