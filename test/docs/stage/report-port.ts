// Loaded before a program of the documents: it listens on a free port in place of 3000, and tells which.
import cluster from 'node:cluster';
import { type AddressInfo, Server } from 'node:net';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

type Listen = (this: Server, ...args: unknown[]) => Server;

const listen = Reflect.get(Server.prototype, 'listen') as Listen;
const onFreePort: Listen = function (port, ...rest) {
  if (!cluster.isWorker) this.once('listening', () => process.send?.((this.address() as AddressInfo).port));
  return listen.call(this, port === 3000 ? 0 : port, ...rest);
};
Reflect.set(Server.prototype, 'listen', onFreePort);

// As many processes as are needed to be more than one.
os.availableParallelism = () => 2;
syncBuiltinESMExports();
if (cluster.isPrimary) cluster.once('listening', (_worker, { port }) => process.send?.(port));
