import { setTimeout as delay } from 'node:timers/promises';
import { type Fault } from '../schedule.js';
import { type World, type WorldNode } from './world.js';

/** What makes a new client, for the fault that a client is cut before its first event. */
export type NewClient = (cutAfter: number) => void;

/** Lets one thing go wrong, and mends it after its time. */
export async function inflict(fault: Fault, world: World, newClient: NewClient): Promise<void> {
  switch (fault.what) {
    case 'kill-node':
      await killNodes([nodeOf(world, fault.node)], fault.lasts, world);
      return;
    case 'stop-node': {
      const { process } = nodeOf(world, fault.node);
      process.stop();
      await delay(fault.lasts);
      process.goOn();
      return;
    }
    case 'restart-redis':
      await restartRedis(fault, world);
      return;
    case 'remember-data':
      await world.engine?.remember();
      return;
    case 'stop-redis':
      await world.engine?.standStill(fault.lasts);
      return;
    case 'kill-connections':
      await world.engine?.killConnections(fault.of);
      return;
    case 'cut':
    case 'delay':
    case 'swallow':
      await disturb(fault, world);
      return;
    case 'drop-client':
      world.clients[fault.client]?.drop();
      return;
    case 'stall-client': {
      const client = world.clients[fault.client];
      client?.stall();
      const channel = world.channels.find((name) => client?.trace.channels.includes(name));
      if (channel) world.traffic.flood(channel);
      await delay(fault.lasts);
      client?.goOn();
      return;
    }
    case 'new-client':
      newClient(fault.cutAfter);
  }
}

async function killNodes(nodes: readonly WorldNode[], away: number, world: World): Promise<void> {
  const restarts = nodes.map(({ process }) => process.restart(away));
  if (!world.engine) world.lostDataAt = world.now();
  await Promise.all(restarts);
}

/** Where the nodes go too, they come back before Redis does or after it. */
async function restartRedis(fault: Fault & { what: 'restart-redis' }, world: World): Promise<void> {
  const { engine } = world;
  if (!engine) return;
  const nodes = fault.withNodes ? killNodes(world.nodes, fault.lasts / 2, world) : undefined;
  await engine.restart(fault.data, fault.lasts);
  if (fault.data !== 'all') world.lostDataAt = world.now();
  await nodes;
}

async function disturb(fault: Fault & { what: 'cut' | 'delay' | 'swallow' }, world: World): Promise<void> {
  const link = nodeOf(world, fault.node)[fault.link];
  if (!link) return;
  if (fault.what === 'cut') link.refuse();
  else if (fault.what === 'delay') link.delay(fault.by);
  else link.swallow(...fault.directions);
  await delay(fault.lasts);
  if (fault.what === 'swallow' && fault.link === 'clients')
    for (const client of world.clients) client.swallowedBy(link);
  link.mend();
}

function nodeOf(world: World, number: number): WorldNode {
  const node = world.nodes[number];
  if (!node) throw new Error(`There is no node ${number}`);
  return node;
}
