import cluster from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ENVIRONMENT, type Launch } from './remote.js';

/**
 * Starts a process of `node:cluster`: those of one script share their port, and this process deals their connections out.
 * It is there when it has sent its first message: what it is sent before that it would not hear.
 */
export async function launchWorker(script: URL): Promise<Launch> {
  cluster.setupPrimary({ exec: fileURLToPath(script), execArgv: ['--expose-gc'], args: [] });
  const { process: child } = cluster.fork(ENVIRONMENT);
  await once(child, 'message');
  return () => child;
}
