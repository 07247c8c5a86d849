import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { readUnacknowledged } from './kernel-sockets.js';

describe.each(['127.0.0.1', '::1'])('the sockets of the kernel on %s', (host) => {
  const open: (() => unknown)[] = [];
  afterEach(() => {
    for (const close of open.splice(0)) close();
  });

  async function pair(): Promise<[Socket, Socket]> {
    const server = createServer().listen(0, host);
    open.push(() => server.close());
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, host);
    const [accepted] = (await once(server, 'connection')) as [Socket];
    open.push(
      () => client.destroy(),
      () => accepted.destroy(),
    );
    return [accepted, client];
  }

  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('show how many bytes a client that does not read has not acknowledged', async () => {
    const [accepted, client] = await pair();
    client.pause();
    while (!accepted.writableNeedDrain) accepted.write(Buffer.alloc(1_000_000));
    expect((await readUnacknowledged()).of(accepted)).toBeGreaterThan(0);
  });

  onLinux('show nothing for one that reads', async () => {
    const [accepted, client] = await pair();
    client.resume();
    accepted.write('x');
    await once(client, 'data');
    expect((await readUnacknowledged()).of(accepted)).toBe(0);
  });

  onLinux('tell one that does not read from another', async () => {
    const [accepted, client] = await pair();
    const [other] = await pair();
    client.pause();
    while (!accepted.writableNeedDrain) accepted.write(Buffer.alloc(1_000_000));
    expect((await readUnacknowledged()).of(other)).toBe(0);
  });

  it('show nothing for a socket that is closed', async () => {
    const [accepted] = await pair();
    accepted.destroy();
    await once(accepted, 'close');
    expect((await readUnacknowledged()).of(accepted)).toBe(0);
  });
});
