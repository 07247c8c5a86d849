import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** `enableShutdownHooks()` may be called right after `listen()`, in milliseconds. */
const GRACE = 1_000;

/** Warns of an application that would be killed with its streams open: SIGTERM reaches Nest only where it is asked to. */
@Injectable()
export class ShutdownWarning implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('SseModule');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    if (!this.servesHttp()) return;
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

  /** An application context, such as a worker that only publishes, has no streams to end. */
  private servesHttp(): boolean {
    const adapter = this.adapterHost.httpAdapter as
      { getHttpServer?(): { listening?: boolean } | undefined } | undefined;
    return adapter?.getHttpServer?.()?.listening !== undefined;
  }
}
