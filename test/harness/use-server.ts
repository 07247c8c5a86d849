import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Target } from './matrix.js';
import { type ServerConfig, TestServer } from './test-server.js';

/**
 * One server for all tests of the `describe` that this is called in. The result stands for the server once it runs;
 * streams that a test leaves open are closed after it. A suite that looks at the process itself says `shared: false`.
 */
export function useServer(target: Target, config?: ServerConfig): TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await TestServer.start(target, { shared: true, ...config });
  });
  afterEach(async () => {
    await server?.closeClients();
    await server?.idle();
  });
  afterAll(async () => {
    await server?.stop();
  });
  const standIn: object = new Proxy(
    {},
    {
      get: (_empty, property) => {
        if (!server) throw new Error('The server does not run yet: use it inside of a test');
        const value: unknown = Reflect.get(server, property, server);
        return typeof value === 'function' ? (value.bind(server) as unknown) : value;
      },
    },
  );
  return standIn as TestServer;
}

/** A key or user name that no other test has. */
export function unique(prefix = 'key'): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}
