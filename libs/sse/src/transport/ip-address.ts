import { isIPv6 } from 'node:net';

/** An IPv4 address at the end of an IPv6 address. */
const DOTTED = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/** The 16-bit groups of `::ffff:0:0/96`, in which IPv6 sockets see IPv4 peers (RFC 4291, section 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0xffff];

/** An address without its zone (`%eth0`); an IPv4-mapped one as the IPv4 address that it is. Other text stays as it is. */
export function plainAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const [bare = ''] = address.split('%', 1);
  const groups = groupsOf(bare);
  if (!MAPPED.every((group, index) => groups[index] === group)) return bare;
  return groups
    .slice(MAPPED.length)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** Who one party is, as far as an address tells: it has a whole /64 of IPv6 (RFC 6177), and can take any address in it. */
export function partyOf(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const network = groupsOf(plain).slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const hex = address.replace(DOTTED, (_all, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head, tail] = hex.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const [before = [], after = []] = [head, tail];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}
