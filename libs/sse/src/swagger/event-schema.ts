import { type Type } from '@nestjs/common';
import { type ApiSchema, type ApiSsePayload, type ApiSseStreamOptions } from './api-sse-stream-options.js';
import { type SwaggerPackage } from './swagger-package.js';

type SchemaPath = SwaggerPackage['getSchemaPath'];
type Version = NonNullable<ApiSseStreamOptions['openapi']>;

const PRIMITIVES = new Map<unknown, ApiSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Date, { type: 'string', format: 'date-time' }],
]);

/** One event as a client reads it. Its data is JSON on the wire, but for strings, which are not quoted. */
export function eventSchema(type: string, payload: ApiSsePayload, version: Version, path: SchemaPath): ApiSchema {
  const data = dataSchema(payload, version, path);
  // An event without a type is one of this type.
  const required = type === 'message' ? ['data'] : ['event', 'data'];
  return {
    title: type,
    type: 'object',
    required,
    properties: {
      event: { type: 'string', enum: [type] },
      id: { type: 'string', description: 'Where the stream goes on: the Last-Event-ID of a reconnect.' },
      data,
    },
  };
}

/** The classes among payloads that a document has to hold. */
export function modelsOf(payloads: readonly ApiSsePayload[]): Type[] {
  return payloads.map(classOf).filter((model): model is Type => typeof model === 'function' && !PRIMITIVES.has(model));
}

function dataSchema(payload: ApiSsePayload, version: Version, path: SchemaPath): ApiSchema {
  if (payload === null) return { type: 'string', maxLength: 0, description: 'Empty.' };
  if (payload === String) return { type: 'string' };
  const schema = payloadSchema(payload, path);
  if (version === '3.0') return { description: 'As JSON text.', allOf: [schema] };
  return { type: 'string', contentMediaType: 'application/json', contentSchema: schema } as ApiSchema;
}

function payloadSchema(payload: NonNullable<ApiSsePayload>, path: SchemaPath): ApiSchema {
  const model = classOf(payload);
  if (model === undefined) return payload as ApiSchema;
  const schema = PRIMITIVES.get(model) ?? { $ref: path(model as Type) };
  return Array.isArray(payload) ? { type: 'array', items: schema } : schema;
}

/** The class that a payload is, or is a list of. */
function classOf(payload: ApiSsePayload): unknown {
  const model: unknown = Array.isArray(payload) ? payload[0] : payload;
  return typeof model === 'function' ? model : undefined;
}
