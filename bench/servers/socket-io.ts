import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { serve } from './serve.js';

serve(async () => {
  const server = createServer();
  // Clients come by WebSocket at once. Compression of messages (`perMessageDeflate`) is off, as it is by default.
  const io = new Server(server, { transports: ['websocket'] });
  // From its guide to memory usage: the first request is kept for sessions of Express only.
  io.engine.on('connection', (rawSocket: { request: unknown }) => (rawSocket.request = null));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    // The id travels in the data, since the protocol has no field for one.
    publish: ({ id, type, data }) => void io.emit(type, { id, ...data }),
  };
});
