import { BlockList, isIP, isIPv6 } from 'node:net';
import { type SseIpRules } from '../options/sse-request-rules.js';
import { plainAddress } from '../transport/ip-address.js';
import { type RequestRule } from './request-rule.js';

/** Bits of an IPv4-mapped address before the IPv4 address. */
const MAPPED_PREFIX = 96;
/** The prefix of a network that is one address. */
const LONGEST = { ipv4: 32, ipv6: 128 };

/** Which addresses may come. The address is what the platform says: it alone knows which proxies to believe. */
export function addressRule({ allow, deny = [] }: SseIpRules): RequestRule {
  const allowed = allow && new Networks(allow);
  const denied = new Networks(deny);
  return ({ remoteAddress }) => {
    const address = plainAddress(remoteAddress);
    const family = familyOf(address);
    if (!family) return "its address is no IP address: is the platform's setting for proxies right?";
    if (denied.has(address, family)) return 'its address is denied';
    return allowed && !allowed.has(address, family) ? 'its address is not allowed' : undefined;
  };
}

type Family = 'ipv4' | 'ipv6';

/** One list for each family: a single one would take an IPv4 address for a member of `::/0`. */
class Networks {
  private readonly lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  constructor(networks: readonly string[]) {
    for (const network of networks) this.add(network);
  }

  has(address: string, family: Family): boolean {
    return this.lists[family].check(address, family);
  }

  private add(network: string): void {
    const [given = '', prefix] = network.split('/');
    const address = plainAddress(given);
    const family = familyOf(address) ?? 'ipv4';
    const offset = isIPv6(given) && family === 'ipv4' ? MAPPED_PREFIX : 0;
    const length = prefix === undefined ? LONGEST[family] : Math.max(0, Number(prefix) - offset);
    this.lists[family].addSubnet(address, length, family);
  }
}

function familyOf(address: string): Family | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
