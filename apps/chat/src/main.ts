import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { ChatModule } from './chat.module.js';
import { AdminPassword } from './session/admin-password.js';
import { servePage } from './web/serve-page.js';

Logger.overrideLogger(['warn', 'error', 'fatal']);
const app = await NestFactory.create<NestExpressApplication>(ChatModule);
servePage(app);
// SIGTERM reaches the open streams only through these hooks: each gets a farewell before the server closes.
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT ?? 3000));

const { port } = app.getHttpServer().address() as { port: number };
console.log(`The chat is open at http://localhost:${port}`);

const { made } = app.get(AdminPassword, { strict: false });
if (made !== undefined)
  console.log(`Who signs in with the admin password ${made} is an admin (ADMIN_PASSWORD sets another).`);
