import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { serve } from './serve.js';

/** The floor for `node:http`: one buffer that has the frame of its HTTP chunk in it, written to each socket. */
serve(async () => {
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
    response.write('retry: 3000\n\n');
    const { socket } = response;
    if (!socket) return;
    sockets.add(socket);
    response.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    publish: ({ id, type, data }) => {
      const block = `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
      const chunk = Buffer.from(`${Buffer.byteLength(block).toString(16)}\r\n${block}\r\n`);
      for (const socket of sockets) socket.write(chunk);
    },
  };
});
