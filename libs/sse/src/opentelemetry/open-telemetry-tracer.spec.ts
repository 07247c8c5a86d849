import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { channels, MessageQueue, SseBroadcaster, SseModule, SseStream } from '../index.js';
import { SseTestClient } from '../testing/index.js';
import { openTelemetryTracer } from './index.js';

@Controller()
class StreamController {
  @SseStream('room')
  room() {
    trace.getTracer('application').startSpan('load the room').end();
    return channels('room');
  }

  @SseStream('forbidden')
  forbidden() {
    throw new ForbiddenException();
  }
}

describe('openTelemetryTracer()', () => {
  const exporter = new InMemorySpanExporter();
  let app: INestApplication;
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });
  beforeEach(async () => {
    const module = await Test.createTestingModule({
      imports: [SseModule.forRoot({ tracer: openTelemetryTracer() })],
      controllers: [StreamController],
    }).compile();
    module.useLogger(false);
    app = module.createNestApplication();
    await app.init();
    exporter.reset();
  });
  afterEach(() => app.close());

  const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);

  it('makes one span of a stream that opens, with what its handler does within it', async () => {
    const client = await SseTestClient.open(app, '/room');
    await client.close();

    const [open] = spans('sse.open');
    const [load] = spans('load the room');
    expect(open?.attributes).toMatchObject({
      'sse.route': 'StreamController.room',
      'sse.connection.id': expect.any(String),
    });
    expect(load?.parentSpanContext?.spanId).toBe(open?.spanContext().spanId);
  });

  it('makes a span with its error of a stream that is refused', async () => {
    const client = await SseTestClient.open(app, '/forbidden');

    expect(client.status).toBe(403);
    const [open] = spans('sse.open');
    expect(open?.status.code).toBe(SpanStatusCode.ERROR);
    expect(open?.events[0]?.name).toBe('exception');
  });

  it('makes one span of a published event, however many receive it', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => SseTestClient.open(app, '/room')));
    exporter.reset();

    const { id } = await app.get(SseBroadcaster).toChannel('room', { data: 'hello' });
    for (const client of clients) await client.next();

    const all = exporter.getFinishedSpans();
    expect(all.map(({ name, kind }) => [name, kind])).toEqual([['sse.publish', SpanKind.PRODUCER]]);
    expect(all[0]?.attributes).toEqual({ 'messaging.destination.name': 'room', 'messaging.message.id': id });
    for (const client of clients) await client.close();
  });

  it('makes one of an event that waits for its user, too', async () => {
    await app.get(MessageQueue).enqueue('ann', { data: 'hello' });

    expect(spans('sse.publish')[0]?.attributes).toMatchObject({ 'messaging.destination.name': '$user.ann' });
  });
});
