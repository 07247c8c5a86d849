import { readFile } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';
import { endianness } from 'node:os';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** Rows such as `0: 0100007F:1F90 0100007F:C350 01 00000015:…`: local, remote, 01 for established, tx_queue above 0. */
const UNACKNOWLEDGED = /^ *\d+: ([0-9A-F:]+) ([0-9A-F:]+) 01 (?!00000000)([0-9A-F]{8}):/gm;

/**
 * Bytes that the kernel sent or wants to send and whose arrival the peer has not acknowledged, by socket. On Linux only:
 * elsewhere the map is empty.
 *
 * A peer that vanished without a word looks alive from inside the process for a quarter of an hour, since the kernel
 * takes every heartbeat. Here it shows.
 */
export async function readUnacknowledged(): Promise<ReadonlyMap<string, number>> {
  const unacknowledged = new Map<string, number>();
  for (const path of TABLES) {
    let table: string;
    try {
      table = await readFile(path, 'latin1');
    } catch {
      continue;
    }
    readTable(table, unacknowledged);
  }
  return unacknowledged;
}

/** The name of a socket in that map, if it has one. */
export function kernelSocketKey({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (!localAddress || !remoteAddress || localPort === undefined || remotePort === undefined) return undefined;
  return `${hexAddress(localAddress)}:${hexPort(localPort)} ${hexAddress(remoteAddress)}:${hexPort(remotePort)}`;
}

function readTable(table: string, into: Map<string, number>): void {
  for (const [, local, remote, bytes] of table.matchAll(UNACKNOWLEDGED)) {
    into.set(`${local} ${remote}`, Number.parseInt(bytes ?? '', 16));
  }
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** The kernel prints addresses as words of its own byte order. */
function hexAddress(address: string): string {
  const bytes = isIPv4(address) ? address.split('.').map(Number) : ipv6Bytes(address);
  let text = '';
  for (let word = 0; word < bytes.length; word += 4) {
    const four = bytes.slice(word, word + 4);
    if (endianness() === 'LE') four.reverse();
    for (const byte of four) text += byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return text;
}

function ipv6Bytes(address: string): number[] {
  const plain = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${group(String(a), String(b))}:${group(String(c), String(d))}`;
  });
  const [before = '', after] = plain.split('::');
  const head = before ? before.split(':') : [];
  const tail = after ? after.split(':') : [];
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(zeros).fill('0'), ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
