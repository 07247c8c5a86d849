import { createChannel, createSession } from 'better-sse';
import express from 'express';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { serve } from './serve.js';

serve(async () => {
  const channel = createChannel();
  const app = express();
  app.get('/events', async (request, response) => {
    // A heartbeat as rare as the others' (its own default is 10 s), so that it counts for nothing here.
    const session = await createSession(request, response, { retry: 3_000, keepAlive: 30_000 });
    channel.register(session);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    publish: ({ id, type, data }) => void channel.broadcast(data, type, { eventId: id }),
  };
});
