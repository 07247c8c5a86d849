import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { HTTP1 } from './harness/matrix.js';
import { NetworkNamespace } from './harness/network-namespace.js';
import { TestServer } from './harness/test-server.js';
import { unique } from './harness/use-server.js';

const CLIENT = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  socket.write('GET ' + process.argv[2] + ' HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n');
  socket.on('data', () => process.stdout.write('.'));
`;
const OPTIONS = { heartbeat: { interval: 50 }, connections: { idleTimeout: 500, sweepInterval: 100 } };

// A5: the kernel takes every heartbeat for a peer that is no longer there, for a quarter of an hour.
const describeWhereNetworksCanBeCut = NetworkNamespace.isPossible ? describe : describe.skip;

describeWhereNetworksCanBeCut('a peer behind a network that was cut', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function serverAndClient(user: string, options: object): Promise<[TestServer, NetworkNamespace]> {
    const network = new NetworkNamespace();
    cleanUps.push(() => network.remove());
    const { launcher } = network;
    const server = await TestServer.start(HTTP1[0]!, { launcher, options });
    cleanUps.push(() => server.stop());
    const [command, ...args] = [...launcher, process.execPath, '-e', CLIENT];
    const client: ChildProcess = spawn(command, [...args, String(server.port), `/channels?c=news&user=${user}`]);
    cleanUps.push(() => client.kill('SIGKILL'));
    await once(client.stdout!, 'data');
    return [server, network];
  }

  it('is found by what it does not acknowledge, though every heartbeat is written', async () => {
    const user = unique('user');
    const [server, network] = await serverAndClient(user, OPTIONS);
    network.cut();

    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'idle' });
    expect((await server.call('heartbeats')).sent).toBeGreaterThan(0);
  });

  it('is left alone while the network is there', async () => {
    const user = unique('user');
    const [server] = await serverAndClient(user, OPTIONS);
    // Three times what it takes to find one that is gone.
    while ((await server.call('heartbeats')).sent < 40);

    expect(server.notesOf(user, 'closed')).toEqual([]);
    expect((await server.call('stats')).active).toBe(1);
  });
});
