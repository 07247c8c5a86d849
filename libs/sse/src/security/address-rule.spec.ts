import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext } from '@nestjs/common';
import fc from 'fast-check';
import { type SseIpRules } from '../options/sse-request-rules.js';
import { HttpExchange } from '../transport/http-exchange.js';
import { addressRule } from './address-rule.js';

async function problemOf(rules: SseIpRules, ip: string) {
  return addressRule(rules)(new HttpExchange({ ip }, {}), {} as ExecutionContext);
}

async function passes(rules: SseIpRules, ip: string): Promise<boolean> {
  return (await problemOf(rules, ip)) === undefined;
}

describe('addressRule()', () => {
  it.each<[SseIpRules, string[], string[]]>([
    [{ allow: ['192.0.2.1'] }, ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201'], ['192.0.2.2', '::1']],
    [{ deny: ['192.0.2.0/24'] }, ['192.0.3.1', '::1'], ['192.0.2.255', '::ffff:192.0.2.9']],
    [{ allow: ['10.0.0.0/8'], deny: ['10.0.0.7'] }, ['10.0.0.6'], ['10.0.0.7', '::ffff:10.0.0.7', '11.0.0.1']],
    [{ allow: ['10.1.2.3/8'] }, ['10.255.0.1'], ['11.0.0.1']],
    [{ allow: ['2001:db8::/32'] }, ['2001:db8::1', '2001:DB8:ffff::', '2001:db8::1%eth0'], ['2001:db9::', '10.0.0.1']],
    [{ deny: ['fe80::/10'] }, ['::1', '10.0.0.1'], ['fe80::1', 'fe80::1%eth0', 'febf::']],
    [{ allow: ['::ffff:10.0.0.0/104'] }, ['10.1.2.3', '::ffff:10.1.2.3'], ['11.1.2.3', '::10.1.2.3']],
    [{ deny: ['::ffff:10.0.0.1'] }, ['10.0.0.2'], ['10.0.0.1', '::ffff:10.0.0.1']],
    [{ allow: ['0.0.0.0/0'] }, ['203.0.113.1', '::ffff:203.0.113.1'], ['2001:db8::1']],
    [{ allow: ['::/0'] }, ['2001:db8::1'], ['203.0.113.1', '::ffff:203.0.113.1']],
    [{ allow: [] }, [], ['127.0.0.1', '::1']],
    [{ deny: [] }, ['127.0.0.1', '::1'], []],
  ])('%j', async (rules, allowed, refused) => {
    for (const address of allowed) expect([address, await passes(rules, address)]).toEqual([address, true]);
    for (const address of refused) expect([address, await passes(rules, address)]).toEqual([address, false]);
  });

  it.each(['', 'unknown', '192.0.2.1:443', '[::1]', '192.0.2.1, 10.0.0.1'])(
    'refuses what is no address, since nothing is known of it: %j',
    async (address) => {
      expect(await problemOf({ deny: ['10.0.0.1'] }, address)).toContain('setting for proxies');
    },
  );

  it('knows the members of any network of IPv4, by itself and mapped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.ipV4(), fc.ipV4(), fc.nat(32), async (network, address, prefix) => {
        const isMember = numberOf4(network) >> BigInt(32 - prefix) === numberOf4(address) >> BigInt(32 - prefix);
        for (const rules of [`${network}/${prefix}`, `::ffff:${network}/${prefix + 96}`]) {
          expect(await passes({ allow: [rules] }, address)).toBe(isMember);
          expect(await passes({ deny: [rules] }, `::ffff:${address}`)).toBe(!isMember);
        }
      }),
    );
  });

  it('knows the members of any network of IPv6', async () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(groups, groups, fc.nat(128), fc.nat(8), async (network, other, prefix, shared) => {
        // Half of the addresses have some groups of the network.
        const address = [...network.slice(0, shared), ...other.slice(shared)];
        fc.pre(!isMapped(network) && !isMapped(address));
        const rest = BigInt(128 - prefix);
        const isMember = numberOf6(network) >> rest === numberOf6(address) >> rest;
        expect(await passes({ allow: [`${text(network)}/${prefix}`] }, text(address))).toBe(isMember);
        expect(await passes({ deny: ['10.0.0.1', `${text(network)}/${prefix}`] }, text(address))).toBe(!isMember);
      }),
    );
  });
});

function numberOf4(address: string): bigint {
  return address.split('.').reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function numberOf6(groups: readonly number[]): bigint {
  return groups.reduce((number, group) => (number << 16n) | BigInt(group), 0n);
}

function text(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function isMapped(groups: readonly number[]): boolean {
  return numberOf6(groups) >> 32n === 0xffffn;
}
