import { RequestMethod } from '@nestjs/common';
import { z } from 'zod';
import { checkShape } from '../options/check-options.js';
import { connectionsSchema, heartbeatSchema, queueSchema, serializerSchema } from '../options/options-schema.js';
import { type SseStreamOptions } from './sse-stream-options.js';

const flag = z.boolean({ error: 'use true or false' });

const streamOptionsSchema = z
  .strictObject({
    method: z.enum(RequestMethod, { error: 'use a RequestMethod of @nestjs/common' }),
    format: z.enum(['json', 'raw'], { error: "use 'json' or 'raw'" }),
    onComplete: z.union([z.enum(['end', 'close']), z.strictObject({ event: z.looseObject({}) })], {
      error: "use 'end', 'close' or { event }",
    }),
    onError: z.enum(['retry', 'end'], { error: "use 'retry' or 'end'" }),
    listen: z.strictObject({ all: flag, user: flag, permissions: flag }).partial(),
    connections: connectionsSchema.omit({ sweepInterval: true }),
    heartbeat: heartbeatSchema,
    queue: queueSchema.omit({ maxTotalBytes: true }),
    serializer: serializerSchema,
    maxAge: connectionsSchema.shape.maxAge,
  })
  .partial();

/** @throws SseOptionsError for the first option that is wrong; `where` names the handler */
export function checkStreamOptions(options: SseStreamOptions, where: string): void {
  checkShape(streamOptionsSchema, options, `@SseStream() of ${where}: `);
}
