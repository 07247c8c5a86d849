import assert from 'node:assert/strict';
import { eventually, oneNode, twoNodes } from './backplane-contract-case.js';

const LONG = { ttl: 60_000 };

/** Small records with an end. */
export const RECORD_CASES = [
  oneNode('put and get: keep a value', async (bench) => {
    const { backplane } = await bench.node();
    assert.equal(await backplane.get('key'), undefined);
    assert.equal(await backplane.put('key', 'ä "1"', LONG), true);
    assert.equal(await backplane.get('key'), 'ä "1"');
    assert.equal(await backplane.put('key', '', LONG), true);
    assert.equal(await backplane.get('key'), '');
    assert.equal(await backplane.get('another key'), undefined);
  }),

  oneNode('put: with ifAbsent leaves what is there', async (bench) => {
    const { backplane } = await bench.node();
    assert.equal(await backplane.put('key', 'one', { ...LONG, ifAbsent: true }), true);
    assert.equal(await backplane.put('key', 'two', { ...LONG, ifAbsent: true }), false);
    assert.equal(await backplane.get('key'), 'one');
    await backplane.take('key');
    assert.equal(await backplane.put('key', 'three', { ...LONG, ifAbsent: true }), true);
  }),

  oneNode('put: a value ends when its time is over', async (bench) => {
    const { backplane } = await bench.node();
    await backplane.put('long', 'x', LONG);
    await backplane.put('short', 'x', { ttl: 30 });
    await eventually('it has ended', async () => (await backplane.get('short')) === undefined);
    assert.equal(await backplane.take('short'), undefined);
    assert.equal(await backplane.put('short', 'y', { ...LONG, ifAbsent: true }), true);
    assert.equal(await backplane.get('long'), 'x');
  }),

  oneNode('take: of many who take a value, one gets it', async (bench) => {
    const { backplane } = await bench.node();
    await backplane.put('ticket', 'x', LONG);
    const taken = await Promise.all(Array.from({ length: 10 }, () => backplane.take('ticket')));
    assert.deepEqual(
      taken.filter((value) => value !== undefined),
      ['x'],
    );
    assert.equal(await backplane.get('ticket'), undefined);
  }),

  oneNode('count: counts the calls of a window that the first one began', async (bench) => {
    const { backplane } = await bench.node();
    const first = await backplane.count('address', 10_000);
    const second = await backplane.count('address', 10_000);
    assert.deepEqual([first.count, second.count], [1, 2]);
    assert.ok(first.remaining > 0 && first.remaining <= 10_000, `remaining: ${first.remaining}`);
    assert.ok(second.remaining > 0 && second.remaining <= first.remaining, `remaining: ${second.remaining}`);
    assert.equal((await backplane.count('another', 10_000)).count, 1);
  }),

  oneNode('count: begins anew when the window is over, however many calls there are', async (bench) => {
    const { backplane } = await bench.node();
    assert.equal((await backplane.count('address', 60)).count, 1);
    assert.equal((await backplane.count('address', 60)).count <= 2, true);
    await eventually('a new window', async () => (await backplane.count('address', 60)).count === 1);
  }),

  twoNodes('records and counts: are one for all nodes', async (bench) => {
    const [one, two] = [(await bench.node()).backplane, (await bench.node()).backplane];
    await one.put('key', 'x', LONG);
    assert.equal(await two.get('key'), 'x');
    const taken = await Promise.all([one.take('key'), two.take('key')]);
    assert.equal(taken.filter((value) => value === 'x').length, 1);
    const put = await Promise.all([one, two].map((each) => each.put('new', 'x', { ...LONG, ifAbsent: true })));
    assert.equal(put.filter((won) => won).length, 1);
    const counts = await Promise.all([one.count('address', 10_000), two.count('address', 10_000)]);
    assert.deepEqual(counts.map(({ count }) => count).toSorted(), [1, 2]);
  }),
];
