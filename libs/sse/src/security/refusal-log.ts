import { Logger } from '@nestjs/common';
import { type HttpExchange } from '../transport/http-exchange.js';
import { clientText, withoutControls } from '../protocol/client-text.js';

const logger = new Logger('SseSecurity');

/**
 * Tells the log why a request was refused; the client is not told. The query is left out, since tokens and tickets stand
 * there.
 */
export function logRefusal({ method, path, remoteAddress }: HttpExchange, reason: string): void {
  const request = `${clientText(method)} ${clientText(path)} from ${clientText(remoteAddress) || 'an unknown address'}`;
  logger.warn(`Refused ${request}: ${withoutControls(reason)}`);
}
