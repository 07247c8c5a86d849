import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import process from 'node:process';
import { NodeModule } from './node.module.js';
import { type NodeSettings } from './settings.js';

const settings = JSON.parse(process.env.NODE_SETTINGS ?? '{}') as NodeSettings;
// Nobody is to be left behind by an orchestrator that was killed.
process.once('disconnect', () => process.exit());

// Loading takes longer than starting: it is done before the seed begins.
process.send?.('loaded');
await once(process, 'message');

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class, and takes any object
const app = await NestFactory.create(NodeModule.with(settings), { logger: ['warn', 'error', 'fatal'] });
await app.listen(settings.socket);
process.send?.('listening');
