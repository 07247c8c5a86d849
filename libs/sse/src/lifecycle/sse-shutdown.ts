import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { SseDrain } from './sse-drain.js';

/**
 * Ends all streams when the application closes. It must be before the HTTP server closes, which waits for ever for an
 * open response: `beforeApplicationShutdown` is the last hook that is.
 */
@Injectable()
export class SseShutdown implements BeforeApplicationShutdown {
  constructor(private readonly drain: SseDrain) {}

  /** Waits for a drain that was started by hand, too. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.drain.start();
  }
}
