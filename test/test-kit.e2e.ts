import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, Logger, Module, type NestApplicationOptions, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SseModule, SseStream } from 'nestjs-event-stream';
import { collectEvents } from 'nestjs-event-stream/testing';
import { of } from 'rxjs';
import { CERTIFICATE } from './harness/certificate.js';

const ROOT = join(import.meta.dirname, '..');
const KIT = join(import.meta.dirname, 'test-kit');
/** Where the library is found as a package, beside Nest 11. */
const NEST_11 = join(import.meta.dirname, 'nest-11/dist/test-kit');
/** What Express and Fastify have in common, and what Fastify has it in. */
class Request {
  httpVersion!: string;
  raw?: { httpVersion: string };
}

/** A runner starts, compiles and loads Nest. */
const PATIENCE = 60_000;

/** Runs the tests of an application, and resolves with what its runner printed; rejects with it if they fail. */
async function run(runner: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, runner), ...args], { env });
  return stdout + stderr;
}

describe('the test kit', () => {
  it(
    'works in Vitest',
    async () => {
      const output = await run('node_modules/vitest/vitest.mjs', 'run', '--root', join(KIT, 'vitest'));

      expect(output).toMatch(/Tests +3 passed/);
    },
    PATIENCE,
  );

  it(
    'works in Jest without ES modules, on Nest 11',
    async () => {
      rmSync(NEST_11, { recursive: true, force: true });
      cpSync(KIT, NEST_11, { recursive: true });

      const output = await run(
        'node_modules/jest/bin/jest.js',
        '--config',
        join(NEST_11, 'jest-commonjs/jest.config.cjs'),
      );

      expect(output).toMatch(/Tests: +2 passed/);
    },
    PATIENCE,
  );
});

@Controller()
class ClockController {
  @SseStream('clock')
  clock(@Req() { httpVersion, raw = { httpVersion } }: Request) {
    return of(raw.httpVersion);
  }
}

@Module({ imports: [SseModule.forRoot()], controllers: [ClockController] })
class ClockModule {}

describe('an application that does not listen yet', () => {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class, and takes any object
  const withTls: NestApplicationOptions = { httpsOptions: CERTIFICATE };
  const apps: INestApplication[] = [];
  beforeAll(() => void Logger.overrideLogger(false));
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

  it.each<[string, string, () => Promise<INestApplication>]>([
    ['Express', '1.1', () => NestFactory.create(ClockModule)],
    ['Express with TLS', '1.1', () => NestFactory.create(ClockModule, withTls)],
    ['Fastify', '1.1', () => fastify({})],
    ['Fastify with TLS', '1.1', () => fastify({ https: CERTIFICATE })],
    ['Fastify with HTTP/2', '2.0', () => fastify({ http2: true })],
    ['Fastify with HTTP/2 and TLS', '2.0', () => fastify({ http2: true, https: CERTIFICATE })],
  ])('is spoken to in its own way: %s', async (_name, version, create) => {
    const app = await create();
    apps.push(app);

    const [event] = await collectEvents(app, '/clock', { count: 1 });

    expect(event?.data).toBe(version);
  });

  /** Fastify has an overload for each, and Nest knows the first of them only. */
  function fastify(options: object): Promise<INestApplication> {
    return NestFactory.create(ClockModule, new FastifyAdapter(options));
  }
});
