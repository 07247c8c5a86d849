import { describe, expect, it } from '@jest/globals';
import { MATRIX, ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

describe.each(MATRIX)('what Nest puts around a handler ($name)', (target) => {
  const server = useServer(target);

  // #8730 and nestjs-boilerplate #1508: an envelope wraps every event, a timeout kills the stream.
  it('harms no event: interceptors with a timeout and an envelope', async () => {
    const key = unique();
    const client = await server.open(`/around/interceptors?key=${key}`);
    await server.noted('subscribed', key);

    await server.noted('timer-gone', key);
    await server.call('emit', key, { data: 'still here', type: 'typed', id: '9' });

    expect(await client.next()).toMatchObject({ data: 'still here', type: 'typed', id: '9' });
    expect(server.notesOf(key, 'intercepting')).toHaveLength(1);
    expect(server.notesOf(key, 'unsubscribed')).toHaveLength(0);
    expect(server.notesOf(key, 'intercepted').map(({ detail }) => detail)).toEqual(['undefined']);
  });

  it('sends the headers that @Header declares, above and below the decorator', async () => {
    const client = await server.open('/around/headers');

    expect(client.headers.get('x-above')).toBe('above');
    expect(client.headers.get('x-below')).toBe('below');
  });

  it('leaves metadata above and below it, the name and the length of the method as they were', async () => {
    const key = unique();
    await server.open(`/around/metadata?key=${key}`);

    expect((await server.noted('metadata', key)).detail).toEqual({
      colour: 'red',
      shape: 'round',
      name: 'metadata',
      length: 2,
    });
  });

  it.each([
    ['child', 'hello from InheritingController'],
    ['sibling', 'good day from SecondInheritingController'],
  ])('works in an inherited method: %s', async (path, greeting) => {
    expect((await (await server.open(`/around/${path}/inherited`)).next()).data).toBe(greeting);
  });

  it('works in a request-scoped controller', async () => {
    const [one, two] = [unique(), unique()];
    const clients = await Promise.all([one, two].map((key) => server.open(`/around/request-scoped?key=${key}`)));

    expect(await Promise.all(clients.map(async (client) => (await client.next()).data))).toEqual([one, two]);
  });

  it('works beside @Res({ passthrough: true })', async () => {
    const key = unique();
    const client = await server.open(`/around/passthrough?key=${key}`);
    await server.noted('subscribed', key);
    await server.call('emit', key, 'after the handler returned');

    expect(client.status).toBe(200);
    expect(client.headers.get('x-own')).toBe('set');
    expect((await client.next()).data).toBe('after the handler returned');
  });

  it("leaves Nest's own @Sse beside it as it is", async () => {
    const client = await server.open('/around/nests-own');

    expect((await client.next()).data).toBe('of Nest');
  });

  it.each(['first-path', 'second-path'])('takes several paths: %s', async (path) => {
    expect((await (await server.open(`/around/${path}`)).next()).data).toBe('x');
  });

  it('warns at the start of an interceptor that an application would rely on and that sees no event', async () => {
    await server.printed(/ClassSerializerInterceptor.*AroundController.serialized/);

    expect(server.output.match(/ClassSerializerInterceptor/g)).toHaveLength(1);
  });

  it('answers 200 whatever code is declared', async () => {
    expect((await server.open('/around/http-code')).status).toBe(200);
  });

  it('fills the parameter decorators beside those of Nest', async () => {
    const [key, user] = [unique(), unique('user')];
    const client = await server.open(`/around/parameters/lobby?key=${key}&user=${user}&permissions=read`, {
      headers: { 'last-event-id': 'où-41' },
    });

    const seen = (await client.next()).json<Record<string, unknown>>();

    expect(seen).toMatchObject({ userId: user, permissions: ['read'], room: 'lobby', sameSignal: true });
    expect(seen.id).toEqual(expect.any(String));
    expect(seen.url).toContain('/around/parameters/lobby');
  });

  it.each([
    ['a header', {}, { 'last-event-id': '41' }, '41'],
    ['a header in UTF-8, as browsers send it', {}, { 'last-event-id': Buffer.from('é-1').toString('latin1') }, 'é-1'],
    ['nothing', {}, {}, null],
  ])('hands @LastEventId over from %s', async (_name, _query, headers, expected) => {
    const client = await server.open(`/around/parameters/x?key=${unique()}`, { headers });

    expect((await client.next()).json<Record<string, unknown>>().lastEventId).toBe(expected);
  });

  it("gives the handler our @SseSignal and Nest's own, and aborts both at the end of the stream", async () => {
    const key = unique();
    await server.open(`/around/parameters/x?key=${key}`);

    await server.noted('aborted', key, 2);

    expect(server.notesOf(key, 'signal').map(({ detail }) => detail)).toEqual([
      { name: 'ours', is: true, aborted: false },
      { name: 'nests', is: true, aborted: false },
    ]);
    expect(new Set(server.notesOf(key, 'aborted').map(({ detail }) => detail))).toEqual(new Set(['ours', 'nests']));
  });

  describe('methods', () => {
    // #10675, #16340, #15863, #17098.
    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is answered 200 with its stream', async (method) => {
      const client = await server.open(`/around/methods/${method.toLowerCase()}`, { method });

      expect(client.status).toBe(200);
      expect((await client.next()).data).toBe(method.toLowerCase());
    });

    it('HEAD is answered with the headers, without running the handler', async () => {
      const key = unique();
      const client = await server.open(`/around/ran?key=${key}`, { method: 'HEAD' });

      expect(client.status).toBe(200);
      expect(client.headers.get('content-type')).toBe('text/event-stream');
      expect(await client.text()).toBe('');
      await server.call('settle');
      expect(server.notesOf(key, 'ran')).toEqual([]);
    });
  });

  describe('the Accept header', () => {
    it.each(['text/event-stream', '*/*', 'text/*', 'application/json, text/event-stream;q=0.5', undefined])(
      'lets a stream open: %s',
      async (accept) => {
        const client = await server.open(`/around/ran?key=${unique()}`, { headers: { accept } });

        expect(client.status).toBe(200);
      },
    );

    it.each(['application/json', 'text/html, application/xhtml+xml', 'text/event-stream;q=0, application/json'])(
      'is answered 406 when it excludes event streams, before the handler runs: %s',
      async (accept) => {
        const key = unique();
        const client = await server.open(`/around/ran?key=${key}`, { headers: { accept } });

        expect(client.status).toBe(406);
        expect(JSON.parse(await client.text())).toMatchObject({ statusCode: 406 });
        expect(server.notesOf(key, 'ran')).toEqual([]);
      },
    );

    it.each([
      ['a raw stream', 'GET', '/around/ran-raw'],
      ['a POST', 'POST', '/around/methods/post'],
    ])('is not looked at for %s', async (_name, method, path) => {
      const client = await server.open(`${path}?key=${unique()}`, { method, headers: { accept: 'application/json' } });

      expect(client.status).toBe(200);
    });
  });
});

describe.each(ONE_OF_EACH_NEST)('global interceptors ($name)', (target) => {
  const server = useServer(target, { globals: true });

  it('harm no event, and wrap the answers of ordinary routes', async () => {
    const key = unique();
    const client = await server.open(`/sources/subject?key=${key}`);
    await server.noted('subscribed', key);
    await server.noted('timer-gone', key);
    await server.call('emit', key, { data: 'bare' });
    const plain = await server.open('/before/plain', { headers: { accept: '*/*' } });

    expect((await client.next()).data).toBe('bare');
    expect(JSON.parse(await plain.text())).toEqual({ success: true, data: { plain: true } });
  });

  it('leave a 404 after an await a 404', async () => {
    expect((await server.open('/before/not-found')).status).toBe(404);
  });
});
