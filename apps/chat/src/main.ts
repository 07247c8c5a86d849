import 'reflect-metadata';
import cluster from 'node:cluster';
import { Logger } from '@nestjs/common';
import { processCount } from './processes/process-count.js';

Logger.overrideLogger(['warn', 'error', 'fatal']);
const { port, madePassword } = await start();

if (cluster.isPrimary) {
  console.log(`The chat is open at http://localhost:${port}`);
  if (madePassword !== undefined)
    console.log(`Who signs in with the admin password ${madePassword} is an admin (ADMIN_PASSWORD sets another).`);
}

/** What this process does not need is not loaded: who starts the others is small. */
async function start() {
  const count = processCount(process.env);
  if (cluster.isPrimary && count > 1) return (await import('./processes/start-processes.js')).startProcesses(count);
  return (await import('./start-chat.js')).startChat();
}
