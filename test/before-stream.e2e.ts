import { describe, expect, it } from '@jest/globals';
import { MATRIX } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

// B2: a request that fails before its stream opens gets a real status and body, also when it fails asynchronously.
// #12260, #12670, #15720, #16753, #8730, #8740, #8761, #9810.
describe.each(MATRIX)('a request that fails before the stream opens ($name)', (target) => {
  const server = useServer(target);

  it('is answered 404 with its body when the handler throws after an await', async () => {
    const client = await server.open('/before/not-found');

    expect(client.status).toBe(404);
    expect(client.headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(await client.text())).toEqual({ statusCode: 404, message: 'No such room', error: 'Not Found' });
  });

  it.each([
    ['the handler throws at once', '/before/conflict', 409, { message: 'At once' }],
    ['a guard refuses', '/before/guarded', 403, { error: 'Forbidden' }],
    ['a pipe refuses', '/before/pipe/not-a-number', 400, { error: 'Bad Request' }],
    ['the handler throws an HttpException', '/before/with-headers', 402, { why: 'no money' }],
    ["the application's exception filter answers", '/before/filtered', 418, { teapot: 'short and stout' }],
  ])('is answered in full when %s', async (_when, path, status, body) => {
    const key = unique();
    const client = await server.open(`${path}?key=${key}`);

    expect(client.status).toBe(status);
    expect(JSON.parse(await client.text())).toMatchObject(body);
    expect(server.notesOf(key, 'ran')).toEqual([]);
  });

  it('keeps the headers that the handler declares', async () => {
    expect((await server.open('/before/with-headers')).headers.get('x-before')).toBe('kept');
  });

  it('is answered 500 without internals when the handler rejects, and the log has them', async () => {
    const client = await server.open('/before/bug');

    expect(client.status).toBe(500);
    expect(await client.text()).not.toContain('hunter2');
    await server.printed('the password is hunter2');
  });

  it.each(['number', 'nothing', 'array'])('is answered 500 when the handler returns no source: %s', async (kind) => {
    const client = await server.open(`/before/${kind}`);

    expect(client.status).toBe(500);
    expect(JSON.parse(await client.text())).toMatchObject({ statusCode: 500 });
    // The log says what may be returned and which method returned something else.
    await server.printed(new RegExp(`BeforeController.*${kind}|${kind}.*BeforeController`));
  });

  it('is answered 404 on a POST too', async () => {
    const client = await server.open('/before/post-not-found', { method: 'POST', body: {} });

    expect(client.status).toBe(404);
    expect(JSON.parse(await client.text())).toMatchObject({ statusCode: 404 });
  });

  it('leaves nothing behind', async () => {
    const before = await server.call('stats');

    for (const path of ['not-found', 'conflict', 'bug', 'guarded', 'number']) {
      await (await server.open(`/before/${path}`)).text();
    }

    const after = await server.call('stats');
    expect(after.active).toBe(0);
    expect(after.opened).toBe(before.opened);
  });

  it('does not disturb ordinary routes of the same controller', async () => {
    const get = await server.open('/before/plain', { headers: { accept: '*/*' } });
    const post = await server.open('/before/plain', { method: 'POST', body: {} });

    expect([get.status, JSON.parse(await get.text())]).toEqual([200, { plain: true }]);
    expect([post.status, JSON.parse(await post.text())]).toEqual([201, { plain: true }]);
  });
});
