import process from 'node:process';
import { type AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { ChatModule } from './chat.module.js';
import { openOwnPort, ownPort } from './processes/own-port.js';
import { AdminPassword } from './session/admin-password.js';
import { servePage } from './web/serve-page.js';

export interface StartedChat {
  port: number;
  /** The admin password, where nobody has chosen one. */
  madePassword?: string;
}

/** Serves the chat by this process, alone or as one of several. */
export async function startChat(env = process.env): Promise<StartedChat> {
  const app = await NestFactory.create<NestExpressApplication>(ChatModule);
  servePage(app);
  // SIGTERM reaches the open streams only through these hooks: each gets a farewell before the server closes.
  app.enableShutdownHooks();
  const server = app.getHttpServer();
  const own = ownPort(env, 0, 1);
  if (own !== undefined) await openOwnPort(server, own);
  await app.listen(Number(env.PORT ?? 3000));
  const { port } = server.address() as AddressInfo;
  return { port, madePassword: app.get(AdminPassword, { strict: false }).made };
}
