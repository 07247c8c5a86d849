import { describe, expect, it } from '@jest/globals';
import { type ClientHttp2Session, connect } from 'node:http2';
import { MATRIX } from './harness/matrix.js';
import { openOverHttp2 } from './harness/http2-client.js';
import { unique, useServer } from './harness/use-server.js';

const HTTP2 = MATRIX.filter(({ http2 }) => http2);

// #17588, #17589, #17605. On HTTP/2 the streams of many tabs share one connection.
describe.each(HTTP2)('streams that share a connection ($name)', (target) => {
  const server = useServer(target);

  function share(): ClientHttp2Session {
    const session = connect(server.url);
    session.on('error', () => undefined);
    server.clients.add({ close: () => session.destroy() });
    return session;
  }

  it('get their own events each', async () => {
    const [one, two] = [unique(), unique()];
    const session = share();
    const first = await openOverHttp2(session, `/sources/subject?key=${one}`);
    const second = await openOverHttp2(session, `/sources/subject?key=${two}`);
    await server.noted('subscribed', one);
    await server.noted('subscribed', two);

    await server.call('emit', two, 'of two');
    await server.call('emit', one, 'of one');

    expect((await first.next()).data).toBe('of one');
    expect((await second.next()).data).toBe('of two');
  });

  it('end one by one: the others go on', async () => {
    const [one, two, user] = [unique(), unique(), unique('user')];
    const session = share();
    const first = await openOverHttp2(session, `/sources/subject?key=${one}&user=${user}`);
    const second = await openOverHttp2(session, `/sources/subject?key=${two}`);
    await server.noted('subscribed', two);

    await first.close();
    expect((await server.noted('closed', user)).detail).toMatchObject({ reason: 'client' });
    await server.noted('unsubscribed', one);
    await server.call('emit', two, 'still here');

    expect((await second.next()).data).toBe('still here');
    expect(server.notesOf(two, 'unsubscribed')).toEqual([]);
  });

  it('of which one is cut by the server leave the others and the connection alone', async () => {
    const [one, two] = [unique(), unique()];
    const session = share();
    const first = await openOverHttp2(session, `/sources/raw?key=${one}`, { method: 'POST' });
    const second = await openOverHttp2(session, `/sources/subject?key=${two}`);
    await server.noted('subscribed', one);
    await server.noted('subscribed', two);

    await server.call('fail', one);
    expect(await first.closed).toBe('cut');
    await server.call('emit', two, 'still here');

    expect((await second.next()).data).toBe('still here');
    expect((await openOverHttp2(session, '/kinds/observable')).status).toBe(200);
  });

  it('all end when the connection goes', async () => {
    const keys = [unique(), unique(), unique()];
    const session = share();
    for (const key of keys) await openOverHttp2(session, `/sources/subject?key=${key}`);
    for (const key of keys) await server.noted('subscribed', key);

    session.destroy();

    for (const key of keys) await server.noted('unsubscribed', key);
  });

  it('of which one is not read do not hold up the others', async () => {
    const [slow, quick] = [unique(), unique()];
    const session = share();
    const stalled = session.request({ ':path': `/slow/subject?key=${slow}`, accept: 'text/event-stream' });
    stalled.on('error', () => undefined);
    const reading = await openOverHttp2(session, `/sources/subject?key=${quick}`);
    await server.noted('subscribed', slow);
    await server.noted('subscribed', quick);

    await server.call('flood', slow, 64, 64 * 1024);
    await server.call('emit', quick, 'not held up');

    expect((await reading.next()).data).toBe('not held up');
  });
});
