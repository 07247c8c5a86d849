import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { advanceTime, collectEvents, SseTestClient } from 'nestjs-event-stream/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppModule } from '../app.js';

let app: INestApplication;

beforeEach(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication();
});

afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

it('streams what is published, also what was missed', async () => {
  const client = await SseTestClient.open(app, '/news/events');
  const post = (title: string) => collectEvents(app, '/news', { method: 'POST', body: { title }, count: 0 });
  await post('One');
  expect((await client.next({ type: 'headline' })).json()).toEqual({ title: 'One' });
  await client.close();
  await post('Two');

  const again = await client.reconnect();
  expect((await again.next()).json()).toEqual({ title: 'Two' });
});

it('collects an answer', async () => {
  const events = await collectEvents(app, '/news/echo', { method: 'POST', body: { text: 'a b c' } });

  expect(events.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
});

it('brings heartbeats without waiting, also where timers are fake', async () => {
  const client = await SseTestClient.open(app, '/news/events');
  await advanceTime(app, 31_000);
  await client.nextComment();

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  await advanceTime(app, 31_000);
  await client.nextComment();
});
