import { createChannel, createEventBuffer, createSession } from 'better-sse';
import express from 'express';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { type RunningServer } from './serve.js';

/** A channel of better-sse on Express. */
export async function startBetterSse({ batched }: { batched: boolean }): Promise<RunningServer> {
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
    publishAll: batched
      ? (events) => {
          // One buffer for all sessions: what is in it was serialized once.
          const buffer = createEventBuffer();
          for (const { id, type, data } of events) buffer.push(data, type, id);
          for (const session of channel.activeSessions) void session.batch(buffer);
        }
      : undefined,
  };
}
