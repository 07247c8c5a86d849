import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isListening } from './http-server.js';

/** `enableShutdownHooks()` may be called right after `listen()`, in milliseconds. */
const GRACE = 1_000;

/** Warns of an application that would be killed with its streams open: SIGTERM reaches Nest only where it is asked to. */
@Injectable()
export class ShutdownWarning implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('SseModule');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    // An application context has no streams to end.
    if (isListening(this.adapterHost) === undefined) return;
    this.timer = setTimeout(() => {
      if (process.listenerCount('SIGTERM') > 0) return;
      this.logger.warn(
        'Nothing listens to SIGTERM, so streams will be cut without a farewell: call app.enableShutdownHooks() in main.ts.',
      );
    }, GRACE).unref();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
  }
}
