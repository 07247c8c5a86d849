import { Logger } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';

const logger = new Logger('SseConnection');

/**
 * Runs what may be an application's code, such as the teardown of an Observable, where others wait their turn: what it
 * throws is logged and stays with it. Returns whether it came to its end.
 */
export function contain(what: string, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    logger.error(`${what} failed: ${errorText(error)}`, errorStack(error));
    return false;
  }
}
