import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatApplication } from '../testing/chat-application.js';

describe('the health of the chat', () => {
  let chat: ChatApplication;
  let closed: Promise<void> | undefined;

  beforeAll(async () => {
    chat = await ChatApplication.start({ DRAIN_DELAY: '2000' });
  });

  afterAll(async () => {
    await (closed ?? chat.close());
    delete process.env.DRAIN_DELAY;
  });

  function health(kind: 'ready' | 'live'): Promise<Response> {
    return fetch(`${chat.url}/health/${kind}`);
  }

  it('is told to whoever asks, with no session, and kept in no cache', async () => {
    // At first this process may be too busy with its own start to be ready.
    while ((await health('ready')).status !== 200) await delay(100);
    const [ready, live] = await Promise.all([health('ready'), health('live')]);
    expect([ready.status, live.status]).toEqual([200, 200]);
    for (const { headers } of [ready, live]) expect(headers.get('cache-control')).toContain('no-store');
    const details = { sse: { drain: 'serving', backplane: 'up' } };
    expect(await ready.json()).toMatchObject({ status: 'ok', details });
    expect(await live.json()).toMatchObject(details);
  });

  // The last one: there is no way back.
  it('has readiness go down as soon as the chat is told to stop, and liveness never', async () => {
    const stream = await (await chat.person('Ada')).stream('lobby');
    closed = chat.close();
    while ((await health('ready')).status === 200) await delay(10);
    const [ready, live] = await Promise.all([health('ready'), health('live')]);
    expect([ready.status, live.status]).toEqual([503, 200]);
    const { details } = (await ready.json()) as { details: { sse: { status: string; message: string } } };
    expect(details.sse.status).toBe('down');
    expect(details.sse.message).toContain('it gives up its streams (leaving)');
    expect(await live.json()).toMatchObject({ sse: { status: 'up', drain: 'leaving' } });
    // Whose browser comes back at once finds another node by then.
    expect(await stream.untilEnd()).toContain('"reason":"shutdown"');
  });
});
