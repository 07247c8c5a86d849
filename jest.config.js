/** Jest runs the TypeScript sources as ES modules; `npm run jest` passes Node the flag that this needs. */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^nestjs-event-stream$': '<rootDir>/libs/sse/src/index.ts',
    '^nestjs-event-stream/opentelemetry$': '<rootDir>/libs/sse/src/opentelemetry/index.ts',
    '^nestjs-event-stream/dashboard$': '<rootDir>/libs/sse/src/dashboard/index.ts',
    '^nestjs-event-stream/passport$': '<rootDir>/libs/sse/src/passport/index.ts',
    '^nestjs-event-stream/prometheus$': '<rootDir>/libs/sse/src/prometheus/index.ts',
    '^nestjs-event-stream/redis$': '<rootDir>/libs/sse/src/redis/index.ts',
    '^nestjs-event-stream/swagger$': '<rootDir>/libs/sse/src/swagger/index.ts',
    '^nestjs-event-stream/terminus$': '<rootDir>/libs/sse/src/terminus/index.ts',
    '^nestjs-event-stream/testing$': '<rootDir>/libs/sse/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/'],
};

/** Mass tests measure heaps and timers of whole processes: they run alone, see the `test` script. */
export default {
  coverageProvider: 'v8',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts', '<rootDir>/bench/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      globalSetup: '<rootDir>/test/harness/compile-fixture.mjs',
      testMatch: ['<rootDir>/test/**/*.e2e.ts'],
    },
    {
      ...common,
      displayName: 'mass',
      globalSetup: '<rootDir>/test/harness/compile-fixture.mjs',
      testMatch: ['<rootDir>/test/mass/*.mass.ts'],
    },
    {
      ...common,
      displayName: 'long',
      globalSetup: '<rootDir>/test/harness/compile-fixture.mjs',
      testMatch: ['<rootDir>/test/long/*.long.ts'],
    },
  ],
  testTimeout: 30_000,
};
