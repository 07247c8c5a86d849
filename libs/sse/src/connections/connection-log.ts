import { Injectable, Logger } from '@nestjs/common';
import { logLine } from '../protocol/log-line.js';
import { ConnectionRegistry } from './connection-registry.js';

/**
 * A line for each connection that opens and for each that ends, at the level `debug`: a deployment brings thousands of
 * them. Counts for all are in the metrics.
 */
@Injectable()
export class ConnectionLog {
  private readonly logger = new Logger('SseConnection');

  constructor(registry: ConnectionRegistry) {
    registry.opened$.subscribe(({ id, userId, remoteAddress }) => {
      if (!Logger.isLevelEnabled('debug')) return;
      this.logger.debug(logLine('Opened', { connection: id, user: userId, address: remoteAddress }));
    });
    registry.closed$.subscribe(({ connection, reason }) => {
      if (!Logger.isLevelEnabled('debug')) return;
      const { id, userId, openedAt, stats } = connection;
      const { events, bytes, dropped } = stats;
      const duration = Date.now() - openedAt.getTime();
      this.logger.debug(
        logLine('Closed', { connection: id, user: userId, reason, duration: `${duration}ms`, events, bytes, dropped }),
      );
    });
  }
}
