import { localPorts } from '../limits/local-ports.js';

/** Some ports are taken by others, and by streams that were just closed. */
const SHARE = 0.88;
/** The addresses 127.0.0.1 to 127.0.0.253. */
const ADDRESSES = 253;

let streamsPerAddress: number | undefined;

/**
 * The address to connect from. A pair of addresses has no more ports than the system gives out; on the loopback every
 * 127.0.0.x is ours, so that the streams beyond these come from 127.0.0.2. `undefined` leaves it to the system.
 */
export function localAddressFor(index: number, host: string): string | undefined {
  streamsPerAddress ??= Math.floor(localPorts() * SHARE);
  const block = Math.floor(index / streamsPerAddress);
  return block > 0 && block < ADDRESSES && hasManyAddresses(host) ? `127.0.0.${block + 1}` : undefined;
}

/** Whether we can come to this host from more than one address. */
export function hasManyAddresses(host: string): boolean {
  return host.startsWith('127.');
}
