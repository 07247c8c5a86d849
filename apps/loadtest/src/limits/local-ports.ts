import { readFileSync } from 'node:fs';

/** What Linux gives out by default: 32768 to 60999. */
const DEFAULT_PORTS = 28_232;

/** How many local ports the system gives out for connections from one address to one other. */
export function localPorts(range = readRange()): number {
  const [first = NaN, last = NaN] = range.trim().split(/\s+/).map(Number);
  const ports = last - first + 1;
  return Number.isFinite(ports) && ports > 0 ? ports : DEFAULT_PORTS;
}

function readRange(): string {
  try {
    return readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  } catch {
    // Not Linux.
    return '';
  }
}
