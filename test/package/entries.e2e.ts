import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Installation } from './installation.js';
import { entries, neededPackages, optionalPeers } from './packed-library.js';

/** Says each package that a file of the library imports. */
const HOOKS = `
import { writeSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  if (/^[^.]/.test(specifier) && !specifier.startsWith('node:') && context.parentURL?.includes('/nestjs-event-stream/dist/'))
    writeSync(1, specifier + '\\n');
  return next(specifier, context);
}`;
const IMPORT = `
import { register } from 'node:module';
register('./hooks.mjs', import.meta.url);
await import(process.argv[2]);
`;
/** What only one entry needs of what is installed with the library. */
const OF_ONE_ENTRY: Record<string, string[]> = {
  'nestjs-event-stream/testing': ['eventsource-parser'],
};

describe('an entry of the packed library', () => {
  let installation: Installation;
  const imports = new Map<string, Set<string>>();
  beforeAll(async () => {
    installation = await Installation.create(12);
    await installation.write('hooks.mjs', HOOKS);
    await installation.write('import.mjs', IMPORT);
    const record = async (entry: string) => {
      const output = await installation.node(['import.mjs', entry]);
      imports.set(entry, new Set(output.trim().split('\n')));
    };
    await Promise.all(entries().map(record));
  }, 60_000);
  afterAll(() => installation.remove());

  it.each(entries())('%s can be imported without any optional package, and asks for none', (entry) => {
    const imported = imports.get(entry)!;

    for (const name of optionalPeers()) expect(imported).not.toContain(name);
    const own = Object.values(OF_ONE_ENTRY).flat();
    expect(own.filter((name) => imported.has(name))).toEqual(OF_ONE_ENTRY[entry] ?? []);
    // The plots are for browsers: they are read as files.
    expect(imported).not.toContain('uplot');
  });

  it('needs no package that its package.json does not name', () => {
    const imported = [...imports.values()].flatMap((names) => [...names]);

    expect(imported).toContain('@nestjs/common');
    expect(neededPackages()).toEqual(expect.arrayContaining(imported));
  });

  it.each([
    ['redis', `redisBackplane({ url: 'redis://127.0.0.1:1' })`, 'npm install redis'],
    ['prometheus', `SsePrometheusModule.register()`, 'npm install prom-client'],
    [
      'passport',
      `SseJwtModule.register({ secretOrKey: 'a secret that is long enough for all', algorithms: ['HS256'] })`,
      'npm install @nestjs/passport passport passport-jwt',
    ],
    ['opentelemetry', `openTelemetryTracer()`, 'npm install @opentelemetry/api'],
    ['swagger', `ApiSseStream({ events: {} })(class {}.prototype, 'events', {})`, 'npm install @nestjs/swagger'],
    ['terminus', `SseHealthIndicator`, 'npm install @nestjs/terminus'],
  ])('%s answers with the command that installs what it lacks, when it is used', async (entry, use, command) => {
    const name = /^\w+/.exec(use)![0];
    await installation.write(
      'use.mjs',
      `import { Module } from '@nestjs/common';
       import { NestFactory } from '@nestjs/core';
       import { SseModule } from 'nestjs-event-stream';
       import { ${name} } from 'nestjs-event-stream/${entry}';
       async function use() {
         const used = await ${use};
         const isModule = typeof used === 'object' && 'module' in used;
         class AppModule {}
         const backplane = ${entry === 'redis' ? 'used' : 'undefined'};
         Module({ imports: [SseModule.forRoot({ backplane }), ...(isModule ? [used] : [])],
           providers: typeof used === 'function' ? [used] : [] })(AppModule);
         await (await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false })).init();
       }
       use().then(() => console.log('it started'), (error) => console.log(error.message));`,
    );
    expect(await installation.node(['use.mjs'])).toContain(command);
  });
});
