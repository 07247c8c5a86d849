import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A proxy that shows a server below a path of its own, of which the server learns nothing. */
export class SubPathProxy {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(port: number, subPath: string): Promise<SubPathProxy> {
    const server = createServer((asked, answer) => {
      if (!asked.url?.startsWith(`${subPath}/`)) {
        answer.writeHead(404).end();
        return;
      }
      const { method, headers } = asked;
      const path = asked.url.slice(subPath.length);
      const passed = request({ host: '127.0.0.1', port, method, path, headers }, (upstream) => {
        answer.writeHead(upstream.statusCode ?? 502, upstream.headers);
        upstream.pipe(answer);
      });
      answer.on('close', () => passed.destroy());
      passed.on('error', () => answer.destroy());
      asked.pipe(passed);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SubPathProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}${subPath}`);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
