import 'reflect-metadata';
import { type INestApplication, Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type AddressInfo } from 'node:net';

/** Nest on Express as it comes, without its log. */
export async function startNest(module: Type): Promise<{ app: INestApplication; port: number }> {
  Logger.overrideLogger(['error', 'warn']);
  const app = await NestFactory.create(module);
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as { address(): AddressInfo };
  return { app, port: server.address().port };
}
