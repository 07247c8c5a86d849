import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../harness/redis-server.js';

const ALL_SLOTS = ['0', '16383'];

/** A cluster of one server that serves all slots. */
export async function startCluster(): Promise<RedisServer> {
  const server = await RedisServer.start({
    args: ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no'],
  });
  await server.command('CLUSTER', 'ADDSLOTSRANGE', ...ALL_SLOTS);
  while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await delay(10);
  return server;
}
