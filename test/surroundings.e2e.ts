import { describe, expect, it } from '@jest/globals';
import { MATRIX, ONE_OF_EACH } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

const ORIGIN = 'https://app.example';

// E7; #5695, #8717: CORS and hooks' headers lost on Fastify. #5762: compression middleware swallows events.
describe.each(MATRIX)('an application with CORS and compression ($name)', (target) => {
  const express = target.platform === 'express';
  const server = useServer(target, { cors: ORIGIN, compression: express });

  it('sends the CORS headers that the application configures', async () => {
    const client = await server.open('/kinds/observable', { headers: { origin: ORIGIN } });

    expect(client.status).toBe(200);
    expect(client.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(client.headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('sends every event at once, also to a client that takes gzip', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`, { headers: { 'accept-encoding': 'gzip, br' } });
    await server.noted('subscribed', key);

    await server.call('emit', key, 'one');
    expect((await client.next()).data).toBe('one');
    await server.call('emit', key, 'two');
    expect((await client.next()).data).toBe('two');

    // Ours: the middleware would hold events back.
    expect(client.headers.get('content-encoding')).toBe('gzip');
  });

  if (express) {
    it('compresses its other answers', async () => {
      const plain = await server.open('/before/plain', { headers: { accept: '*/*', 'accept-encoding': 'gzip' } });

      expect(plain.headers.get('content-encoding')).toBe('gzip');
    });
  } else {
    it("sends the headers of Fastify's hooks", async () => {
      expect((await server.open('/kinds/observable')).headers.get('x-from-hook')).toBe('kept');
    });
  }
});

describe.each(ONE_OF_EACH)('an application without CORS ($name)', (target) => {
  const server = useServer(target);

  it('sends no CORS header, whatever origin asks', async () => {
    const client = await server.open('/kinds/observable', { headers: { origin: ORIGIN } });

    expect([...client.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  // E6, #16686.
  describe('lets nothing be injected', () => {
    it('data with any line ending stays one event', async () => {
      const key = unique();
      const client = await server.open(`/sources/subject?key=${key}`);
      await server.noted('subscribed', key);
      const data = 'a\nevent: evil\r\nid: evil\rretry: 1\n\ndata: evil\n\n';

      await server.call('emit', key, { data }, { data: 'after' });

      const [event, after] = await client.take(2);
      expect(event).toMatchObject({ type: 'message', data: data.replace(/\r\n|\r/g, '\n') });
      expect(event).not.toHaveProperty('id');
      expect(after!.data).toBe('after');
    });

    it.each([
      ['an id with a line feed', { id: '1\nevent: evil', data: 'x' }],
      ['an id with a carriage return', { id: '1\revent: evil', data: 'x' }],
      ['an id with a NUL', { id: '1\0', data: 'x' }],
      ['a type with a line feed', { type: 'a\ndata: evil', data: 'x' }],
      ['a type with a carriage return', { type: 'a\rdata: evil', data: 'x' }],
      ['a type of ours', { type: 'sse:end', data: 'x' }],
    ])('%s fails the source, and not a byte of it is sent', async (_name, event) => {
      const key = unique();
      const client = await server.open(`/sources/subject?key=${key}`);
      await server.noted('subscribed', key);

      await server.call('emit', key, event);

      expect((await client.untilClosed()).map(({ type }) => type)).toEqual(['sse:error']);
      expect(await client.text()).not.toContain('evil');
      await server.noted('unsubscribed', key);
    });

    it('a comment with line endings stays a comment', async () => {
      const key = unique();
      const client = await server.open(`/sources/subject?key=${key}`);
      await server.noted('subscribed', key);

      await server.call('emit', key, { comment: 'a\ndata: evil\r\rb' }, { data: 'after' });

      expect((await client.next()).data).toBe('after');
    });
  });
});
