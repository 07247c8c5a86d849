import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';
import { endianness } from 'node:os';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** Rows such as `0: 0100007F:1F90 0100007F:C350 01 00000015:…`: local, remote, 01 for established, tx_queue above 0. */
const UNACKNOWLEDGED = /^ *\d+: ([0-9A-F:]+) ([0-9A-F:]+) 01 (?!00000000)([0-9A-F]{8}):/gm;
/** The kernel gives a page of rows at a time, whatever there is room for. */
const ROWS = 16_384;

/** Bytes that the kernel sent or wants to send and whose arrival the peer has not acknowledged, by socket. */
export class Unacknowledged {
  private readonly bytes = new Map<string, number>();
  /** The ports of the peers. Nearly every socket is told by this that it is not there, without asking for its addresses. */
  private readonly ports = new Set<number>();

  add(local: string, remote: string, bytes: number): void {
    this.bytes.set(`${local} ${remote}`, bytes);
    this.ports.add(Number.parseInt(remote.slice(remote.lastIndexOf(':') + 1), 16));
  }

  /** 0 for a socket that has no addresses any more. */
  of(socket: Socket): number {
    if (this.ports.size === 0 || !this.ports.has(socket.remotePort ?? 0)) return 0;
    const name = nameOf(socket);
    return (name === undefined ? undefined : this.bytes.get(name)) ?? 0;
  }
}

/**
 * On Linux only: elsewhere there is nothing to be known.
 *
 * A peer that vanished without a word looks alive from inside the process for a quarter of an hour, since the kernel
 * takes every heartbeat. Here it shows.
 */
export async function readUnacknowledged(): Promise<Unacknowledged> {
  const unacknowledged = new Unacknowledged();
  for (const path of TABLES) {
    let table: FileHandle;
    try {
      table = await open(path);
    } catch {
      continue;
    }
    try {
      await readTable(table, unacknowledged);
    } finally {
      await table.close();
    }
  }
  return unacknowledged;
}

/** Some rows in each turn of the event loop: of many thousand sockets, all at once would hold up everything else. */
async function readTable(table: FileHandle, into: Unacknowledged): Promise<void> {
  const buffer = Buffer.allocUnsafe(ROWS);
  let begun = '';
  for (;;) {
    const { bytesRead } = await table.read(buffer, 0, ROWS);
    if (bytesRead === 0) return;
    const text = begun + buffer.toString('latin1', 0, bytesRead);
    const end = text.lastIndexOf('\n') + 1;
    begun = text.slice(end);
    for (const [, local = '', remote = '', bytes = ''] of text.slice(0, end).matchAll(UNACKNOWLEDGED)) {
      into.add(local, remote, Number.parseInt(bytes, 16));
    }
  }
}

/** As the kernel names it. */
function nameOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (!localAddress || !remoteAddress || localPort === undefined || remotePort === undefined) return undefined;
  return `${hexAddress(localAddress)}:${hexPort(localPort)} ${hexAddress(remoteAddress)}:${hexPort(remotePort)}`;
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
