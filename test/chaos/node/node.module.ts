import { type DynamicModule, type ExecutionContext, Module } from '@nestjs/common';
import { type SseIdentity, SseModule, type SseModuleOptions } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { EventsController } from './events.controller.js';
import { type NodeSettings } from './settings.js';

/** An application as a user of the library writes it. */
@Module({})
export class NodeModule {
  static with(settings: NodeSettings): DynamicModule {
    return { module: NodeModule, imports: [SseModule.forRoot(optionsOf(settings))], controllers: [EventsController] };
  }
}

function optionsOf({ options, redis }: NodeSettings): SseModuleOptions {
  return { ...options, identify, ...(redis ? { backplane: redisBackplane(redis) } : {}) };
}

function identify(context: ExecutionContext): SseIdentity | undefined {
  const { query } = context.switchToHttp().getRequest<{ query: { user?: string } }>();
  return query.user === undefined ? undefined : { userId: query.user, permissions: [] };
}
