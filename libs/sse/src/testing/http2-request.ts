import { once } from 'node:events';
import { type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { decodedBody } from './decoded-body.js';
import { sendBody, type SseTestRequest, type SseTestResponse } from './http-request.js';
import { requestHeaders } from './request-headers.js';

/** Sends one request on an HTTP/2 session of its own, over TLS where the URL says so. */
export async function sendHttp2Request(request: SseTestRequest): Promise<SseTestResponse> {
  const { url, method, headers, body, signal, verify } = request;
  signal?.throwIfAborted();
  const session = connect(url, { rejectUnauthorized: verify });
  const failed = new Promise<never>((_, reject) => session.on('error', reject));
  // After the answer a session that breaks is told by its stream.
  failed.catch(() => undefined);
  const stream = session.request(
    {
      ...requestHeaders(headers, body.type),
      [constants.HTTP2_HEADER_METHOD]: method ?? 'GET',
      [constants.HTTP2_HEADER_PATH]: `${url.pathname}${url.search}`,
    },
    { endStream: body.content === undefined, signal },
  );
  stream.on('close', () => session.close());
  if (body.content !== undefined) sendBody(stream, body);
  const [fields] = (await Promise.race([once(stream, 'response'), failed])) as [IncomingHttpHeaders];
  // A stream that is cut has an error; whoever does not read the body must not be crashed by it.
  stream.on('error', () => undefined);
  return {
    status: Number(fields[constants.HTTP2_HEADER_STATUS]),
    headers: toHeaders(fields),
    body: decodedBody(bodyOf(stream), fields['content-encoding']),
    abort: () => session.destroy(),
  };
}

function toHeaders(fields: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(':')) for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  return headers;
}

/** A stream that was reset ends like a complete one: only its reset code tells. */
async function* bodyOf(stream: ClientHttp2Stream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield chunk as Buffer;
  if (!stream.closed) await once(stream, 'close');
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw new Error(`The stream was reset with ${stream.rstCode}.`);
}
