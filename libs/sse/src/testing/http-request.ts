import { Agent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestHttps } from 'node:https';
import { decodedBody } from './decoded-body.js';

/** What a request may say beside its path. */
export interface SseTestInit {
  /** Default: `GET`. */
  method?: string;
  /**
   * Added to `Accept: text/event-stream` and `Cache-Control: no-cache`; a header set to `undefined` is left out. What is
   * compressed upon an `Accept-Encoding` of gzip, or zstd where this Node has it, is read as plain text.
   */
  headers?: Record<string, string | string[] | undefined>;
  /** Sent as it is; an object or array is sent as JSON with the fitting `Content-Type`. */
  body?: unknown;
  /** Closes the stream, or gives up opening it. */
  signal?: AbortSignal;
}

/** An answer whose body is still coming. `SseTestClient.from` takes one from any other HTTP client. */
export interface SseTestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  /** Cuts the connection. */
  abort(): void;
}

/**
 * Sends one request on a socket of its own, kept alive as a browser does. Node's fetch would not do: it adds headers of
 * its own, `Sec-Fetch-Mode` among them, that make a server take it for a browser.
 */
export function sendRequest(url: URL, init: SseTestInit): Promise<SseTestResponse> {
  const secure = url.protocol === 'https:';
  const agent = secure ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const { body, headers } = encodeBody(init);
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(url, {
      agent,
      method: init.method ?? 'GET',
      headers,
      signal: init.signal,
    });
    request.once('error', reject);
    request.once('close', () => agent.destroy());
    request.once('response', (response) => resolve(toResponse(response, () => request.destroy())));
    request.end(body);
  });
}

function encodeBody(init: SseTestInit): {
  body: string | Uint8Array | undefined;
  headers: Record<string, string | string[]>;
} {
  const plain = init.body === undefined || typeof init.body === 'string' || init.body instanceof Uint8Array;
  const all: Record<string, string | string[] | undefined> = {
    accept: 'text/event-stream',
    'cache-control': 'no-cache',
    ...(plain ? {} : { 'content-type': 'application/json' }),
  };
  for (const [name, value] of Object.entries(init.headers ?? {})) all[name.toLowerCase()] = value;
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(all)) if (value !== undefined) headers[name] = value;
  return { body: plain ? (init.body as string | Uint8Array | undefined) : JSON.stringify(init.body), headers };
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
