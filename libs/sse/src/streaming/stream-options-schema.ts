import { RequestMethod } from '@nestjs/common';
import { z } from 'zod';
import { checkShape } from '../options/check-options.js';
import {
  connectionsSchema,
  heartbeatSchema,
  queueSchema,
  routeCompressionSchema,
  rateLimitSchema,
  serializerSchema,
} from '../options/options-schema.js';
import { SseOptionsError } from '../options/sse-options-error.js';
import { errorText } from '../protocol/error-text.js';
import { checkFields, checkTypeIsFree } from '../protocol/event-block.js';
import { checkPreset } from './presets/presets.js';
import { type SseStreamOptions } from './sse-stream-options.js';

const flag = z.boolean({ error: 'use true or false' });

const streamOptionsSchema = z
  .strictObject({
    preset: z.enum(['openai', 'ai-sdk'], { error: "use 'openai' or 'ai-sdk'" }),
    method: z.enum(RequestMethod, { error: 'use a RequestMethod of @nestjs/common' }),
    format: z.enum(['json', 'raw'], { error: "use 'json' or 'raw'" }),
    onComplete: z.union([z.enum(['end', 'close']), z.strictObject({ event: z.looseObject({}) })], {
      error: "use 'end', 'close' or { event }",
    }),
    onError: z.enum(['retry', 'end'], { error: "use 'retry' or 'end'" }),
    listen: z.strictObject({ all: flag, user: flag, permissions: flag }).partial(),
    connections: connectionsSchema.omit({ sweepInterval: true }),
    heartbeat: heartbeatSchema,
    compression: routeCompressionSchema,
    queue: queueSchema.omit({ maxTotalBytes: true }),
    rateLimit: rateLimitSchema,
    serializer: serializerSchema,
    maxAge: connectionsSchema.shape.maxAge,
  })
  .partial();

/** @throws SseOptionsError for the first option that is wrong; `where` names the handler */
export function checkStreamOptions(options: SseStreamOptions, where: string): void {
  const prefix = `@SseStream() of ${where}: `;
  checkShape(streamOptionsSchema, options, prefix);
  checkPreset(options, prefix);
  if (typeof options.onComplete !== 'object') return;
  const { event } = options.onComplete;
  try {
    checkFields({ id: event.id, type: event.type, retry: event.retry });
    checkTypeIsFree(event.type);
  } catch (error) {
    throw new SseOptionsError(`${prefix}onComplete.event`, event, errorText(error));
  }
}
