import { type Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** What {@link SseTestClient.open} needs of an application: any `INestApplication` has it. */
export interface ListeningApplication {
  /** Its server, which may not listen yet. */
  getHttpServer(): unknown;
  /** Called with port 0 if it does not listen yet. */
  listen(port: number, hostname: string): Promise<unknown>;
}

/** Where requests go, and how one speaks there. */
export interface Endpoint {
  readonly base: string;
  readonly http2: boolean;
  /** Whether its certificate is to be verified: that of the application under test is for its own name, if for any. */
  readonly verify: boolean;
}

/** Applications that are just starting to listen: two clients opened at once must not start one twice. */
const starting = new WeakMap<object, Promise<unknown>>();

/** An application listens on a free port of 127.0.0.1 from now on if it did not yet. */
export async function endpointOf(target: ListeningApplication | URL | string): Promise<Endpoint> {
  if (typeof target === 'string' || target instanceof URL) return { base: String(target), http2: false, verify: true };
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
  const base = `${scheme}://${hostOf(address.address)}:${address.port}`;
  return { base, http2: speaksHttp2(server), verify: false };
}

/** Node exports neither class; both are named so. */
function speaksHttp2(server: Server): boolean {
  return ['Http2Server', 'Http2SecureServer'].includes(server.constructor.name);
}

function hostOf(address: string): string {
  if (address === '::' || address === '0.0.0.0') return '127.0.0.1';
  return address.includes(':') ? `[${address}]` : address;
}
