import { beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, type INestApplication, Logger, Param, Query, RequestMethod } from '@nestjs/common';
import { ApiProperty, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { CurrentConnection, type SseConnection, SseModule, SseStream } from '../index.js';
import { ApiSseStream } from './index.js';
import { loadSwagger } from './swagger-package.js';

class MessageDto {
  @ApiProperty() text!: string;
}
class TypingDto {
  @ApiProperty() user!: string;
}
class QuestionDto {
  @ApiProperty() question!: string;
}

interface RoomEvents {
  message: { text: string };
  typing: { user: string }[];
}

@Controller('rooms')
class RoomsController {
  @SseStream(':room/plain')
  plain(@Param('room') room: string, @CurrentConnection() connection: SseConnection, @Query('q') query: string) {
    return [room, connection, query];
  }

  @SseStream(':room/above')
  @ApiSseStream<RoomEvents>({ events: { message: MessageDto, typing: [TypingDto] }, refusals: [401, 503] })
  above(@Param('room') room: string) {
    return room;
  }

  @ApiSseStream({
    events: {
      text: String,
      count: Number,
      at: Date,
      flags: [Boolean],
      cleared: null,
      shape: { type: 'object', properties: { a: { type: 'integer' } } },
    },
    description: 'Many kinds.',
    libraryEvents: false,
    lastEventId: false,
  })
  @SseStream('below')
  below() {
    return [];
  }

  @ApiSseStream({ events: { message: MessageDto }, openapi: '3.2' })
  @SseStream('answer', { method: RequestMethod.POST, format: 'raw' })
  answer(@Body() question: QuestionDto) {
    return question;
  }
}

/** Nothing here runs: `npm run typecheck` is the test. */
export function mustNotCompile() {
  return [
    ApiSseStream<RoomEvents>({ events: { message: MessageDto, typing: { type: 'array', items: {} } } }),
    // @ts-expect-error -- an event is missing
    ApiSseStream<RoomEvents>({ events: { message: MessageDto } }),
    // @ts-expect-error -- one too many
    ApiSseStream<RoomEvents>({ events: { message: MessageDto, typing: [TypingDto], mesage: MessageDto } }),
    // @ts-expect-error -- data of another class
    ApiSseStream<RoomEvents>({ events: { message: TypingDto, typing: [TypingDto] } }),
    // @ts-expect-error -- one where there is a list
    ApiSseStream<RoomEvents>({ events: { message: MessageDto, typing: TypingDto } }),
  ];
}

describe('@ApiSseStream()', () => {
  let app: INestApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    const testing = { imports: [SseModule.forRoot()], controllers: [RoomsController] };
    app = (await Test.createTestingModule(testing).compile()).createNestApplication();
    document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  });

  const operation = (path: string, method: 'get' | 'post' = 'get') => document.paths[path]?.[method];
  const streamOf = (path: string, method?: 'get' | 'post') => {
    const response = operation(path, method)?.responses['200'] as { content?: Record<string, unknown> } | undefined;
    return response?.content?.['text/event-stream'];
  };

  it('shows a stream, its events and their classes', () => {
    expect(streamOf('/rooms/{room}/above')).toEqual({
      schema: {
        oneOf: [
          {
            title: 'message',
            type: 'object',
            required: ['data'],
            properties: {
              event: { type: 'string', enum: ['message'] },
              id: expect.objectContaining({ type: 'string' }),
              data: { description: 'As JSON text.', allOf: [{ $ref: '#/components/schemas/MessageDto' }] },
            },
          },
          expect.objectContaining({
            title: 'typing',
            required: ['event', 'data'],
            properties: expect.objectContaining({
              data: {
                description: 'As JSON text.',
                allOf: [{ type: 'array', items: { $ref: '#/components/schemas/TypingDto' } }],
              },
            }),
          }),
        ],
      },
    });
    expect(document.components?.schemas).toMatchObject({
      MessageDto: { properties: { text: { type: 'string' } } },
      TypingDto: { properties: { user: { type: 'string' } } },
    });
  });

  it('tells of what the library adds: its events, the cursor, refusals', () => {
    const { parameters, responses } = operation('/rooms/{room}/above') ?? {};

    expect(responses?.['200']).toMatchObject({ description: expect.stringContaining('`sse:reset`') });
    expect(parameters).toMatchObject([
      { in: 'path', name: 'room', required: true },
      { in: 'header', name: 'Last-Event-ID', required: false },
      { in: 'query', name: 'lastEventId', required: false },
    ]);
    expect(Object.keys(responses ?? {})).toEqual(['200', '401', '503']);
    expect(responses?.['503']).toMatchObject({ headers: { 'Retry-After': { schema: { type: 'integer' } } } });
  });

  it('tells of it only where it is wanted, and of data of every kind', () => {
    const { parameters, responses } = operation('/rooms/below') ?? {};
    const { schema } = streamOf('/rooms/below') as {
      schema: { oneOf: { title: string; properties: { data: unknown } }[] };
    };
    const data = Object.fromEntries(schema.oneOf.map(({ title, properties }) => [title, properties.data]));
    const json = (schema: object) => ({ description: 'As JSON text.', allOf: [schema] });

    expect(responses?.['200']).toMatchObject({ description: 'Many kinds.' });
    expect(parameters).toEqual([]);
    expect(data).toEqual({
      text: { type: 'string' },
      count: json({ type: 'number' }),
      at: json({ type: 'string', format: 'date-time' }),
      flags: json({ type: 'array', items: { type: 'boolean' } }),
      cleared: { type: 'string', maxLength: 0, description: 'Empty.' },
      shape: json({ type: 'object', properties: { a: { type: 'integer' } } }),
    });
  });

  it('uses the words of OpenAPI 3.2 in a document of that version', () => {
    expect(streamOf('/rooms/answer', 'post')).toMatchObject({
      itemSchema: {
        title: 'message',
        properties: {
          data: {
            type: 'string',
            contentMediaType: 'application/json',
            contentSchema: { $ref: '#/components/schemas/MessageDto' },
          },
        },
      },
    });
    expect(operation('/rooms/answer', 'post')?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/QuestionDto' } } },
    });
  });

  it('is not needed: without it a stream is an operation with its own parameters', () => {
    expect(operation('/rooms/{room}/plain')).toMatchObject({
      operationId: 'RoomsController_plain',
      parameters: [
        { in: 'path', name: 'room', schema: { type: 'string' } },
        { in: 'query', name: 'q', schema: { type: 'string' } },
      ],
      responses: { '200': { description: '' } },
    });
  });

  it('answers a missing @nestjs/swagger with the command that installs it', () => {
    const missing = Object.assign(new Error("Cannot find module '@nestjs/swagger'"), { code: 'MODULE_NOT_FOUND' });
    const load = () => {
      throw missing;
    };

    expect(() => loadSwagger(load)).toThrow(
      expect.objectContaining({
        code: 'SSE_PACKAGE',
        message: expect.stringContaining('npm install @nestjs/swagger'),
        cause: missing,
      }),
    );
  });
});
