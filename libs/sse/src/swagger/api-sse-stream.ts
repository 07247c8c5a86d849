import { type AnyEvents } from '../index.js';
import { type ApiSsePayload, type ApiSseStreamOptions } from './api-sse-stream-options.js';
import { eventSchema, modelsOf } from './event-schema.js';
import { refusalResponse } from './refusal-responses.js';
import { streamDescription } from './stream-description.js';
import { loadSwagger, type SwaggerPackage } from './swagger-package.js';

/**
 * Shows a stream and its events in the OpenAPI document of `@nestjs/swagger`. On an `@SseStream()` method, above or below
 * it.
 *
 * With the types of a channel's events, `@ApiSseStream<RoomEvents>(…)`, all of them have to be there, each with data of its
 * class.
 *
 * @throws SseError with the command that installs it, when the class is defined, where `@nestjs/swagger` is missing
 *
 * @example
 * @SseStream(':room/events')
 * @ApiSseStream({ events: { message: MessageDto, typing: [TypingDto], cleared: null }, refusals: [401, 503] })
 * events(@Param('room') room: string) {
 *   return channels(`room.${room}`);
 * }
 * @see https://spec.openapis.org/registry/media-type/sse
 */
export function ApiSseStream<E = AnyEvents>(options: ApiSseStreamOptions<E>): MethodDecorator {
  return (target, key, descriptor) => {
    const swagger = loadSwagger();
    const document = (loaded: SwaggerPackage) => {
      for (const decorate of decoratorsOf(options, loaded)) decorate(target, key, descriptor);
    };
    // A moment later the descriptor has what other decorators made of the method, and no application is documented yet.
    if (swagger instanceof Promise) void swagger.then(document);
    else document(swagger);
  };
}

function decoratorsOf(options: ApiSseStreamOptions, swagger: SwaggerPackage): MethodDecorator[] {
  const { events, refusals = [], openapi = '3.0' } = options;
  const payloads: [string, ApiSsePayload][] = Object.entries(events);
  const schemas = payloads.map(([type, payload]) => eventSchema(type, payload, openapi, swagger.getSchemaPath));
  const one = schemas.length === 1 ? schemas[0] : { oneOf: schemas };
  const description = streamDescription(options.description, options.libraryEvents);
  const content = { 'text/event-stream': { [openapi === '3.2' ? 'itemSchema' : 'schema']: one } };
  return [
    swagger.ApiExtraModels(...modelsOf(payloads.map(([, payload]) => payload))),
    swagger.ApiResponse({ status: 200, description, content }),
    ...refusals.map((status) => swagger.ApiResponse(refusalResponse(status))),
    ...(options.lastEventId === false ? [] : cursorParameters(swagger)),
  ];
}

function cursorParameters({ ApiHeader, ApiQuery }: SwaggerPackage): MethodDecorator[] {
  const description = 'The id of the last event that the client has: the stream goes on after it.';
  return [
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: `${description} EventSource sends it by itself.`,
    }),
    ApiQuery({
      name: 'lastEventId',
      required: false,
      type: String,
      description: 'For clients that can not set headers.',
    }),
  ];
}
