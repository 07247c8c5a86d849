import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partyOf, plainAddress } from './ip-address.js';

/** All ways of writing it that `fc` knows: with and without `::`, with an IPv4 address at its end, in upper case. */
const ipV6 = fc.ipV6();

describe('plainAddress()', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:201', '192.0.2.1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::192.0.2.1', '::192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::192.0.2.1'],
    ['::', '::'],
    ['', ''],
    ['192.0.2.1:443', '192.0.2.1:443'],
    ['unknown%x', 'unknown%x'],
  ])('%s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });

  it('finds the IPv4 address in every mapped one', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => expect(plainAddress(`::ffff:${address}`)).toBe(address)));
  });
});

describe('partyOf()', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['nonsense', 'nonsense'],
  ])('%s', (address, party) => {
    expect(partyOf(address)).toBe(party);
  });

  it('is the same for two addresses of a /64, however they are written', () => {
    fc.assert(
      fc.property(
        ipV6,
        fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 }),
        (address, own) => {
          const party = partyOf(address);
          fc.pre(party.endsWith('::/64'));
          const neighbour = [...party.slice(0, -'::/64'.length).split(':'), ...own.map((group) => group.toString(16))];
          expect(partyOf(neighbour.join(':'))).toBe(party);
          expect(party.slice(0, -'::/64'.length).split(':').map(wide)).toEqual(expanded(address).slice(0, 4));
        },
      ),
    );
  });
});

/** By another way than the code: URLs are serialised in one form (WHATWG URL, section 3.5). */
function expanded(address: string): string[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after].map(wide);
}

function wide(group: string): string {
  return group.padStart(4, '0');
}
