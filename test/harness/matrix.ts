/** One way in which an application may run the library. */
export interface Target {
  readonly name: string;
  readonly nest: 11 | 12;
  readonly platform: 'express' | 'fastify';
  readonly http2: boolean;
}

function target(nest: 11 | 12, platform: 'express' | 'fastify', http2 = false): Target {
  const name = `Nest ${nest}, ${platform === 'express' ? 'Express' : 'Fastify'}, HTTP/${http2 ? 2 : 1.1}`;
  return { name, nest, platform, http2 };
}

/** Everything but HTTP/2 on Express, which Express 5 can't. */
export const MATRIX: readonly Target[] = [
  target(12, 'express'),
  target(12, 'fastify'),
  target(12, 'fastify', true),
  target(11, 'express'),
  target(11, 'fastify'),
  target(11, 'fastify', true),
];

/** For what is about the bytes of HTTP/1. */
export const HTTP1: readonly Target[] = MATRIX.filter(({ http2 }) => !http2);

/** For what the platform has no part in. */
export const ONE_OF_EACH_NEST: readonly Target[] = [MATRIX[0]!, MATRIX[4]!];

/** Each version of Nest, each platform and each protocol: for what stands above them, and passes through them. */
export const ONE_OF_EACH: readonly Target[] = [MATRIX[0]!, MATRIX[2]!, MATRIX[4]!];
