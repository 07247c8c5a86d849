import { type Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** What {@link SseTestClient.open} needs of an application: any `INestApplication` has it. */
export interface ListeningApplication {
  getHttpServer(): unknown;
  listen(port: number, hostname: string): Promise<unknown>;
}

/** Applications that are just starting to listen: two clients opened at once must not start one twice. */
const starting = new WeakMap<object, Promise<unknown>>();

/** The base URL of an application, which listens on a free port of 127.0.0.1 from now on if it did not yet. */
export async function baseUrlOf(target: ListeningApplication | URL | string): Promise<string> {
  if (typeof target === 'string') return target;
  if (target instanceof URL) return target.href;
  const server = target.getHttpServer() as Server;
  if (!server.listening) {
    const started = starting.get(server) ?? target.listen(0, '127.0.0.1');
    starting.set(server, started);
    await started;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError(
      `SseTestClient needs an application that listens on a TCP port; this one listens on ${address ?? 'nothing'}.`,
    );
  }
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${hostOf(address.address)}:${address.port}`;
}

function hostOf(address: string): string {
  if (address === '::' || address === '0.0.0.0') return '127.0.0.1';
  return address.includes(':') ? `[${address}]` : address;
}
