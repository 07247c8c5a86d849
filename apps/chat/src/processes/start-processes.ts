import process from 'node:process';
import { milliseconds } from '../environment/milliseconds.js';
import { AdminPassword } from '../session/admin-password.js';
import { sessionSecret } from '../session/session-secret.js';
import { type StartedChat } from '../start-chat.js';
import { ownPort } from './own-port.js';
import { ProcessGroup } from './process-group.js';
import { ProcessPlace } from './process-place.js';

/** What a process may take to go beside `DRAIN_DELAY`: the library's `shutdown.timeout`, and as much for everything else. */
const FAREWELL = 20_000;

/** Serves the chat by so many processes of this program, which listen on one port. Resolves when all do. */
export async function startProcesses(count: number, env = process.env): Promise<StartedChat> {
  const password = new AdminPassword();
  // What a process would make for itself, all of them must have alike.
  const shared = { SESSION_SECRET: sessionSecret(), ADMIN_PASSWORD: password.made ?? env.ADMIN_PASSWORD };
  const patience = milliseconds(env, 'DRAIN_DELAY', 0) + FAREWELL;
  const places = Array.from({ length: count }, (_, place) => {
    const port = ownPort(env, place, count);
    return new ProcessPlace({ ...shared, PROCESS_PORT: port === undefined ? '' : String(port) }, patience);
  });
  const group = new ProcessGroup(places);
  // A terminal sends these to all processes that were started from it. To be told twice does no harm.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void group.stop());
  process.on('SIGUSR2', () => void group.renew());
  return { port: await group.start(), madePassword: password.made };
}
