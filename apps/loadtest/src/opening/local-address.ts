/** Below the 28,232 ports that Linux gives out by default for one address. */
const STREAMS_PER_ADDRESS = 25_000;

/**
 * The address to connect from. A pair of addresses has no more ports than Linux gives out; on the loopback every
 * 127.0.0.x is ours, so that the second 25,000 streams come from 127.0.0.2. `undefined` leaves it to the system.
 */
export function localAddressFor(index: number, host: string): string | undefined {
  const block = Math.floor(index / STREAMS_PER_ADDRESS);
  return block > 0 && block < 254 && host.startsWith('127.') ? `127.0.0.${block + 1}` : undefined;
}
