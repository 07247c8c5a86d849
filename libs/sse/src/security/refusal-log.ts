import { Logger } from '@nestjs/common';
import { logLine } from '../protocol/log-line.js';
import { type HttpExchange } from '../transport/http-exchange.js';

const logger = new Logger('SseSecurity');

/**
 * Tells the log why a request was refused; the client is not told. The query is left out, since tokens and tickets stand
 * there.
 */
export function logRefusal({ method, path, remoteAddress }: HttpExchange, reason: string): void {
  logger.warn(logLine('Refused a request', { method, path, address: remoteAddress || undefined, reason }));
}
