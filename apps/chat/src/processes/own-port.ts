import { once } from 'node:events';
import { type Server } from 'node:http';
import { createServer } from 'node:net';
import { wholeNumber } from '../environment/whole-number.js';

/**
 * Where one process alone is met: `PROCESS_PORT` is that of the first, the second has the next one, and so on.
 *
 * @throws Error if there are not as many ports from there on
 */
export function ownPort(env: NodeJS.ProcessEnv, place: number, places: number): number | undefined {
  const first = wholeNumber(env, 'PROCESS_PORT', 1, 65_536 - places);
  return first === undefined ? undefined : first + place;
}

/**
 * A second door to the same server. Behind the shared port any process answers; but a Prometheus asks each for its own
 * numbers. Guards are those of the routes, whichever door somebody came through.
 */
export async function openOwnPort(server: Server, port: number): Promise<void> {
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket));
  // `exclusive`: else the processes would share this port, too.
  door.listen({ port, exclusive: true });
  await once(door, 'listening');
}
