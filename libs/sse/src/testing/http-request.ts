import { Agent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { decodedBody } from './decoded-body.js';
import { type EncodedBody } from './request-body.js';
import { requestHeaders } from './request-headers.js';

/** What a request may say beside its path. */
export interface SseTestInit {
  /** Default: `GET`. */
  method?: string;
  /**
   * Added to `Accept: text/event-stream` and `Cache-Control: no-cache`; a header set to `undefined` is left out. What is
   * compressed upon an `Accept-Encoding` of gzip, or zstd where this Node has it, is read as plain text.
   */
  headers?: Record<string, string | string[] | undefined>;
  /**
   * Text and bytes, and what iterates over them asynchronously (a stream), are sent as they are; `FormData`,
   * `URLSearchParams` and `Blob` as fetch sends them; any other object or array as JSON, each with the fitting
   * `Content-Type`.
   */
  body?: unknown;
  /** Closes the stream, or gives up opening it. */
  signal?: AbortSignal;
  /** Speaks HTTP/2. Default: as the application does; a URL gets HTTP/1.1. */
  http2?: boolean;
}

/** An answer whose body is still coming. `SseTestClient.from` takes one from any other HTTP client. */
export interface SseTestResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers of the answer. */
  readonly headers: Headers;
  /** The body as it comes, decoded. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Cuts the connection. */
  abort(): void;
}

/** A request that is ready to be sent. */
export interface SseTestRequest extends Omit<SseTestInit, 'body' | 'http2'> {
  readonly url: URL;
  readonly body: EncodedBody;
  /** Whether the server's certificate is to be verified. */
  readonly verify: boolean;
}

/**
 * Sends one request on a socket of its own, kept alive as a browser does. Node's fetch would not do: it adds headers of
 * its own, `Sec-Fetch-Mode` among them, that make a server take it for a browser.
 */
export function sendRequest({ url, method, headers, body, signal, verify }: SseTestRequest): Promise<SseTestResponse> {
  const secure = url.protocol === 'https:';
  const agent = secure ? new TlsAgent({ keepAlive: true, rejectUnauthorized: verify }) : new Agent({ keepAlive: true });
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(url, {
      agent,
      method: method ?? 'GET',
      headers: requestHeaders(headers, body.type),
      signal,
    });
    request.once('error', reject);
    request.once('close', () => agent.destroy());
    request.once('response', (response) => resolve(toResponse(response, () => request.destroy())));
    sendBody(request, body);
  });
}

/** A stream is sent as it comes; where it fails the request is given up. */
export function sendBody(
  request: NodeJS.WritableStream & { destroy(error?: Error): unknown },
  body: EncodedBody,
): void {
  const { content } = body;
  if (content === undefined) request.end();
  else if (typeof content === 'string' || content instanceof Uint8Array) request.end(content);
  else
    Readable.from(content, { objectMode: false })
      .once('error', (error) => request.destroy(error))
      .pipe(request);
}

function toResponse(response: IncomingMessage, abort: () => void): SseTestResponse {
  // A cut connection is an error of the response; whoever does not read the body must not be crashed by it.
  response.on('error', () => undefined);
  const headers = new Headers();
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    headers.append(response.rawHeaders[index] ?? '', response.rawHeaders[index + 1] ?? '');
  }
  const body = decodedBody(response, response.headers['content-encoding']);
  return { status: response.statusCode ?? 0, headers, body, abort };
}
