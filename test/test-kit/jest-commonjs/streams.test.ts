import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SseBroadcaster } from 'nestjs-event-stream';
import { advanceTime, SseTestClient } from 'nestjs-event-stream/testing';
import { AppModule } from '../app.js';

let app: INestApplication;

beforeEach(async () => {
  app = await NestFactory.create(AppModule);
});

afterEach(async () => {
  jest.useRealTimers();
  await app.close();
});

it('streams what is published, also what was missed', async () => {
  const sse = app.get(SseBroadcaster);
  const client = await SseTestClient.open(app, '/news/events');
  await client.close();
  await sse.toChannel('news', { type: 'headline', data: { title: 'Two' } });

  const again = await client.reconnect();
  expect((await again.next({ type: 'headline' })).json()).toEqual({ title: 'Two' });
});

it('brings heartbeats without waiting, also where timers are fake', async () => {
  const client = await SseTestClient.open(app, '/news/events');
  await advanceTime(app, 31_000);
  await client.nextComment();

  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  await advanceTime(app, 31_000);
  await client.nextComment();
});
