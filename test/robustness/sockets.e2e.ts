import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { once } from 'node:events';
import { type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { HeartbeatService, SseStream } from 'nestjs-event-stream';
import { concat, NEVER, of, throwError } from 'rxjs';
import { type Application, settled, useApplications } from '../harness/application.js';

@Controller()
class StreamsController {
  @SseStream('silent')
  silent() {
    return NEVER;
  }

  @SseStream('failing', { format: 'raw' })
  failing() {
    return concat(
      of('before'),
      throwError(() => new Error('The source failed')),
    );
  }
}

describe('many pipelined streams on one socket', () => {
  const start = useApplications();

  it('do not have Node warn of a leak, and all end with the socket', async () => {
    const app = await start({ controllers: [StreamsController] });
    const accepted = once(app.server, 'connection') as Promise<[Socket]>;
    const client = await app.connect();
    const [socket] = await accepted;
    for (let n = 0; n < 30; n++) client.request('GET /silent');
    await app.untilCount(30);

    // Node warns of more listeners than the maximum, unless that is 0.
    const max = socket.getMaxListeners();
    const listeners = Math.max(...socket.eventNames().map((name) => socket.listenerCount(name)));
    expect(max === 0 || listeners <= max).toBe(true);
    client.reset();
    await app.untilCount(0);
  });
});

describe('a raw stream over TLS whose source fails in the tick in which it opens', () => {
  const start = useApplications();
  /** A key that both know takes the place of a certificate. */
  const psk = Buffer.from('a key that both sides know');
  const shared = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;

  async function connectSecurely(app: Application): Promise<TLSSocket> {
    const socket = connect({
      ...shared,
      port: app.port,
      host: '127.0.0.1',
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ psk, identity: 'test' }),
    });
    app.clients.add({ close: () => socket.destroy() });
    await once(socket, 'secureConnect');
    return socket;
  }

  it('brings what it yielded before, and is cut', async () => {
    const https = { ...shared, pskCallback: () => psk, pskIdentityHint: 'test' };
    const app = await start({ controllers: [StreamsController], https });

    for (let n = 0; n < 5; n++) {
      const socket = await connectSecurely(app);
      let text = '';
      socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write('GET /failing HTTP/1.1\r\nHost: x\r\n\r\n');
      await closed;

      expect(text).toContain('data: before\n');
      expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    }
    expect(app.connections.stats()).toMatchObject({ active: 0, closed: { error: 5 } });
  });
});

describe('two applications in one process', () => {
  const start = useApplications();

  it('count what waits each for itself', async () => {
    const apps = [await start({ controllers: [StreamsController] }), await start({ controllers: [StreamsController] })];
    for (const app of apps) await app.open('/silent');
    for (const app of apps) await app.untilCount(1);

    for (let beats = 0; beats < 10; beats++) {
      for (const app of apps) expect(app.get(HeartbeatService).beat()).toBe(1);
      for (const app of apps) expect(app.connections.stats().queuedBytes).toBe(3);
      await settled();
      for (const app of apps) expect(app.connections.stats().queuedBytes).toBe(0);
    }
  });
});
