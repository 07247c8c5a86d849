import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SseTestClient, type SseTestInit } from 'nestjs-event-stream/testing';

/** Opens a stream over HTTP/2 without TLS: on a session of its own, or on one that others use too. */
export async function openOverHttp2(
  base: string | ClientHttp2Session,
  path: string,
  init: SseTestInit = {},
): Promise<SseTestClient> {
  const isOwn = typeof base === 'string';
  const session = isOwn ? connect(base) : base;
  session.on('error', () => undefined);
  const json = init.body !== undefined && typeof init.body !== 'string';
  const stream = session.request(
    {
      [constants.HTTP2_HEADER_METHOD]: init.method ?? 'GET',
      [constants.HTTP2_HEADER_PATH]: path,
      accept: 'text/event-stream',
      ...(json ? { 'content-type': 'application/json' } : {}),
      ...lowerCased(init.headers),
    },
    { endStream: init.body === undefined, signal: init.signal },
  );
  if (init.body !== undefined) stream.end(json ? JSON.stringify(init.body) : init.body);
  if (isOwn) stream.on('close', () => session.close());
  const [fields] = (await once(stream, 'response')) as [Record<string, string | string[]>];
  stream.on('error', () => undefined);
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(':')) for (const each of [value].flat()) headers.append(name, each);
  }
  return SseTestClient.from({
    status: Number(fields[constants.HTTP2_HEADER_STATUS]),
    headers,
    body:
      headers.get('content-encoding') === 'gzip' ? Readable.from(bodyOf(stream)).pipe(createGunzip()) : bodyOf(stream),
    abort: () => (isOwn ? session.destroy() : stream.close(constants.NGHTTP2_CANCEL)),
  });
}

function lowerCased(headers: SseTestInit['headers'] = {}): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A stream that was reset with CANCEL ends like a complete one: only its reset code tells. */
async function* bodyOf(stream: ClientHttp2Stream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield chunk as Buffer;
  if (!stream.closed) await once(stream, 'close');
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw new Error(`The stream was reset with ${stream.rstCode}`);
}
