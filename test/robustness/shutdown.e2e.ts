import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { SseSignal, SseStream } from 'nestjs-event-stream';
import { NEVER } from 'rxjs';
import { useApplications } from '../harness/application.js';
import { Gate } from '../harness/gate.js';

let reached: Gate;
beforeEach(() => {
  reached = new Gate();
});

@Controller()
class StreamsController {
  @SseStream('until-aborted')
  async untilAborted(@SseSignal() signal: AbortSignal) {
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      reached.open();
    });
    return NEVER;
  }

  @SseStream('held')
  held() {
    reached.open();
    return new Promise<never>(() => {});
  }
}

describe('the shutdown', () => {
  const start = useApplications();

  it('aborts a handler that still awaits, and its client may come back', async () => {
    const app = await start({ controllers: [StreamsController] });
    const answer = app.open('/until-aborted');
    await reached.opened;

    await app.close();

    const client = await answer;
    expect(client.status).toBe(503);
    expect(client.headers.has('retry-after')).toBe(true);
  });

  it.each([
    ['a handler', {}],
    ['an identify()', { identify: neverIdentified }],
  ])('does not wait for ever for %s that never answers', async (_what, options) => {
    const parts = { controllers: [StreamsController], options: { shutdown: { timeout: 50 }, ...options } };
    const app = await start(parts);
    const client = await app.connect();
    client.request('GET /held');
    await reached.opened;

    await app.close();
    await client.untilEnded();

    expect(app.connections.count).toBe(0);
  });

  function neverIdentified(): Promise<undefined> {
    reached.open();
    return new Promise(() => {});
  }

  it('keeps the socket of whom it refuses for nothing more', async () => {
    const app = await start({ controllers: [StreamsController] });
    const client = await app.connect();
    client.request('GET /until-aborted');
    await reached.opened;

    const closed = app.close();
    const answer = await client.answer();
    await client.untilEnded();
    await closed;

    expect(answer.statusLine).toContain('503');
    expect(answer.headers.connection).toBe('close');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'SSE_CLOSED_FOR_NEW' });
  });
});
