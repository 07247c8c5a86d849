import type * as Swagger from '@nestjs/swagger';
import { createRequire } from 'node:module';
import { SseError } from '../index.js';

/** What is used of the package. */
export type SwaggerPackage = Pick<
  typeof Swagger,
  'ApiExtraModels' | 'ApiHeader' | 'ApiQuery' | 'ApiResponse' | 'getSchemaPath'
>;

/**
 * The package is an optional peer, which who does not use this entry does not need. A decorator can't wait for it, so that
 * it is required. Where only an import gets it, which is in Jest before Node 24.9, it comes a moment later.
 *
 * @param load for tests
 */
export function loadSwagger(load: (name: string) => unknown = required): SwaggerPackage | Promise<SwaggerPackage> {
  try {
    return load('@nestjs/swagger') as SwaggerPackage;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_REQUIRE_ESM') return import('@nestjs/swagger');
    const message = "@ApiSseStream() needs a package that can't be loaded: npm install @nestjs/swagger";
    throw new SseError('SSE_PACKAGE', message, { cause: error });
  }
}

function required(name: string): unknown {
  return createRequire(import.meta.url)(name);
}
