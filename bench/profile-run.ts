import { type ContenderId, contenders } from './contenders.js';
import { type AllocationSite } from './profile/allocations.js';
import { type CpuSite } from './profile/cpu.js';
import { broadcaster } from './works/deliveries.js';
import { Pair } from './works/pair.js';

const BROADCASTS = 40;
const SHOWN = 20;
/** The smallest object of V8 has 16 bytes: fewer for each delivery means that none is made for each. */
const SMALLEST_OBJECT = 16;

/**
 * Where P1 allocates and where its time goes, on ours and on the bare server that does nothing but write.
 *
 * @returns whether ours makes nothing per delivery: neither in its own code nor, by the way it calls Node, in Node's
 */
export async function profileDeliveries(connections: number, print: (line: string) => void): Promise<boolean> {
  const ours = await profile('event-stream-channel', connections, print);
  const bare = await profile('bare-http', connections, print);
  const ofLibrary = sum(ours.filter(({ site }) => site.includes(' libs/sse/')));
  const overBare = sum(ours) - sum(bare);
  const isNothing = ofLibrary < SMALLEST_OBJECT && overBare < SMALLEST_OBJECT;
  print(
    `\nFor each delivery the library itself makes ${ofLibrary.toFixed(2)} bytes, and all of its process ` +
      `${overBare.toFixed(2)} more than the bare server: ${isNothing ? 'nothing' : 'SOMETHING'} is made per delivery.`,
  );
  return isNothing;
}

/** Prints both profiles of one contender. Returns the bytes per delivery, by site. */
function profile(id: ContenderId, connections: number, print: (line: string) => void): Promise<AllocationSite[]> {
  return Pair.run(contenders[id], async (pair) => {
    await pair.open(connections);
    const broadcast = broadcaster(pair, connections);
    const deliveries = BROADCASTS * connections;
    await broadcast(10);
    await pair.server.call('startAllocationProfile', null);
    await broadcast(BROADCASTS);
    const allocations = await pair.server.call('stopAllocationProfile', null);
    await pair.server.call('startCpuProfile', null);
    await broadcast(BROADCASTS);
    const cpu = await pair.server.call('stopCpuProfile', null);
    const perDelivery = allocations.map(({ site, bytes }) => ({ site, bytes: bytes / deliveries }));
    print(`\n${contenders[id].name}, ${deliveries} deliveries`);
    print('  bytes allocated for each, by the function that made them:');
    for (const { site, bytes } of perDelivery.slice(0, SHOWN)) print(row(bytes, site));
    print('  µs for each, by function, system calls included:');
    for (const { site, self } of atWork(cpu).slice(0, SHOWN)) print(row(self / deliveries, site));
    return perDelivery;
  });
}

function atWork(cpu: CpuSite[]): CpuSite[] {
  return cpu.filter(({ site }) => site !== '(idle)');
}

function sum(sites: AllocationSite[]): number {
  return sites.reduce((bytes, site) => bytes + site.bytes, 0);
}

function row(value: number, site: string): string {
  return `${value.toFixed(3).padStart(12)}  ${site}`;
}
