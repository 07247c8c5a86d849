import { type HttpAdapterHost } from '@nestjs/core';

/**
 * Whether the HTTP server of the application listens; nothing where there is none, as in an application context, such as a
 * worker that only publishes.
 */
export function isListening({ httpAdapter }: HttpAdapterHost): boolean | undefined {
  const adapter = httpAdapter as { getHttpServer?(): { listening?: boolean } | undefined } | undefined;
  return adapter?.getHttpServer?.()?.listening;
}
