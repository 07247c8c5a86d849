import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { Socket } from 'node:net';

export type RawRequest = IncomingMessage | Http2ServerRequest;
export type RawResponse = ServerResponse | Http2ServerResponse;

/** A Fastify reply, as far as it is needed: it must be told that the response is taken out of its hands. */
interface FastifyReply {
  readonly raw: RawResponse;
  hijack(): unknown;
  getHeaders(): Record<string, number | string | string[] | undefined>;
  header(name: string, value: string): unknown;
  readonly statusCode: number;
  readonly sent: boolean;
}

/** Makes what `Object.create(null)` makes, in 24 bytes instead of 184. */
const EmptyDictionary = function () {} as unknown as new () => object;
EmptyDictionary.prototype = Object.create(null) as object;

/** In place of a head that was sent. Loggers and Node itself take any text for one. */
const SENT_HEAD = '(sent)';

/** What Express and Fastify both add to a request. */
interface PlatformRequest {
  readonly ip?: string;
  readonly raw?: RawRequest;
}

/**
 * One request and its response, whichever platform handed them over. Until `takeOver()` the response is the platform's,
 * so that errors still go through its filters.
 */
export class HttpExchange {
  readonly request: RawRequest;
  readonly response: RawResponse;
  /** The client's address, as the platform's own rules on proxies see it. */
  readonly remoteAddress: string;
  private reply: FastifyReply | undefined;

  constructor(platformRequest: object, platformResponse: object) {
    const { raw, ip } = platformRequest as PlatformRequest;
    this.request = raw ?? (platformRequest as RawRequest);
    this.reply = 'hijack' in platformResponse ? (platformResponse as FastifyReply) : undefined;
    this.response = this.reply?.raw ?? (platformResponse as RawResponse);
    this.remoteAddress = ip ?? this.request.socket.remoteAddress ?? '';
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  /** The path that the client asked for, without its query. */
  get path(): string {
    const { originalUrl } = this.request as { originalUrl?: string };
    const url = originalUrl ?? this.request.url ?? '';
    const end = url.indexOf('?');
    return end < 0 ? url : url.slice(0, end);
  }

  header(name: 'accept' | 'accept-encoding' | 'last-event-id' | 'user-agent' | 'sec-fetch-mode'): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : value?.[0];
  }

  /** A parameter of the query, if it stands there once and is not empty. */
  query(name: 'lastEventId'): string | undefined {
    const url = this.request.url ?? '';
    const start = url.indexOf('?');
    if (start < 0 || !url.includes(`${name}=`, start)) return undefined;
    const [value, ...more] = new URLSearchParams(url.slice(start)).getAll(name);
    return more.length === 0 && value !== '' ? value : undefined;
  }

  /** The socket below, also of a pipelined request whose response has none yet. On HTTP/2 many exchanges share it. */
  get socket(): Socket {
    return this.request.socket;
  }

  get isHttp2(): boolean {
    return this.request.httpVersionMajor >= 2;
  }

  /** Nobody is there to be answered any more, or somebody else answered. */
  isOver(): boolean {
    const { response, reply } = this;
    const isGone =
      'stream' in response
        ? response.stream.destroyed || response.stream.closed
        : this.socket.destroyed || response.destroyed;
    return isGone || response.writableEnded || response.headersSent || reply?.sent === true;
  }

  /** Sets a header on the platform's response, where an exception filter that answers keeps it. */
  setHeader(name: string, value: string): void {
    if (this.reply) this.reply.header(name, value);
    else this.response.setHeader(name, value);
  }

  /**
   * Frees what Express leaves on an open request and no stream needs, 1.4 KB of it: the continuation of its router, the
   * parsed URL, which is a cache, and most of what empty dictionaries take. And the text of the head, a quarter of a
   * kilobyte: Node keeps it for as long as the response is open, and asks of it only whether there is one.
   */
  dropRouting(): void {
    const request = this.request as { next?: unknown; _parsedUrl?: unknown; params?: object };
    const response = this.response as { locals?: object; _header?: unknown };
    if (request.next !== undefined) request.next = undefined;
    if (request._parsedUrl !== undefined) request._parsedUrl = undefined;
    // What has no real socket, such as a test's injected request, reads the head from there.
    if (typeof response._header === 'string' && this.socket instanceof Socket) response._header = SENT_HEAD;
    if (isEmpty(request.params)) request.params = new EmptyDictionary();
    if (isEmpty(response.locals)) response.locals = new EmptyDictionary();
  }

  /** From here the response is ours. What the platform and its hooks set on it (status, CORS) stays. */
  takeOver(): void {
    if (!this.reply) return;
    const headers = this.reply.getHeaders();
    this.reply.hijack();
    this.response.statusCode = this.reply.statusCode;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.response.setHeader(name, value);
    }
    this.reply = undefined;
  }
}

function isEmpty(dictionary: object | undefined): boolean {
  return dictionary !== undefined && Reflect.ownKeys(dictionary).length === 0;
}
