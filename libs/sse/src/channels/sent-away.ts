import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type SseConnection } from '../connections/sse-connection.js';
import { errorText } from '../protocol/error-text.js';
import { logLine } from '../protocol/log-line.js';

/** How long connections are counted before the log is told of them, in milliseconds. */
const INTERVAL = 5_000;

/**
 * Tells the log who was sent away for an engine that does not answer. All who wait lose patience within the same seconds,
 * and a line for each would hide the one that says why it does not answer.
 */
@Injectable()
export class SentAway implements OnApplicationShutdown {
  private readonly logger = new Logger('SseBackplane');
  private connections = 0;
  private lastError = '';
  private timer: NodeJS.Timeout | undefined;

  add(connection: SseConnection, error: unknown): void {
    this.connections++;
    this.lastError = errorText(error);
    this.timer ??= setTimeout(() => this.report(), INTERVAL).unref();
    if (!Logger.isLevelEnabled('debug')) return;
    const { id, userId } = connection;
    this.logger.debug(logLine('Sent away', { connection: id, user: userId, error: this.lastError }));
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.report();
  }

  private report(): void {
    this.timer = undefined;
    if (this.connections === 0) return;
    const fields = { connections: this.connections, error: this.lastError };
    this.connections = 0;
    this.logger.warn(logLine('Sent away, since the engine does not answer', fields));
  }
}
