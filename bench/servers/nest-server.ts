import 'reflect-metadata';
import { type INestApplication, Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Nest on Express as it comes, without its log. */
export async function startNest(
  module: Type,
  { socketPath, configure }: { socketPath?: string; configure?: (app: INestApplication) => void } = {},
): Promise<{ app: INestApplication; port: number }> {
  Logger.overrideLogger(['error']);
  const app = await NestFactory.create(module);
  configure?.(app);
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  if (socketPath !== undefined) await listenToo(server, socketPath);
  return { app, port: (server.address() as AddressInfo).port };
}

/** An HTTP server takes connections from wherever they come. */
async function listenToo(server: Server, socketPath: string): Promise<void> {
  const door = createServer({ allowHalfOpen: true }, (socket) => server.emit('connection', socket));
  door.listen(socketPath);
  await once(door, 'listening');
}
