import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { Admission } from '../connections/admission.js';
import { CONNECTION_SERVICES, type ConnectionServices } from '../connections/connection-services.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';

/**
 * Ends all streams when the application closes. It must be before the HTTP server closes, which waits for ever for an
 * open response: `beforeApplicationShutdown` is the last hook that is.
 */
@Injectable()
export class SseShutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger('SseShutdown');

  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(CONNECTION_SERVICES) private readonly services: ConnectionServices,
    private readonly admission: Admission,
    private readonly registry: ConnectionRegistry,
  ) {}

  /** Nobody is let in any more; every stream is flushed, told when to come back, and closed within the timeout. */
  async beforeApplicationShutdown(): Promise<void> {
    this.admission.close('The server is shutting down.', () => this.retry());
    const open = this.registry.count;
    for (const connection of this.registry.all()) connection.finish({ reason: 'shutdown', retry: this.retry() });
    for (const connection of this.registry.opening()) this.stopOpening(connection);
    for (const response of this.admission.knocking) this.services.linger.watch(response);
    await this.services.linger.settle(this.options.shutdown.timeout);
    if (open > 0) this.logger.log(`Closed ${open} streams`);
  }

  /** Whoever still awaits in a handler hears it by his signal, and is answered when he is done, or cut. */
  private stopOpening(connection: SseConnection): void {
    const { response } = connection;
    connection.finish({ reason: 'shutdown' });
    if (response) this.services.linger.watch(response);
  }

  /** A time of its own for each client: all of them at once would meet the server that has just come back. */
  private retry(): number {
    const { connections, shutdown } = this.options;
    return connections.retry + Math.round(Math.random() * shutdown.reconnectSpread);
  }
}
