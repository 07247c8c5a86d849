import { isIP } from 'node:net';

/** A request that can't be sent. */
export class RequestError extends Error {}

/** What is asked of the server: one request of a load, all streams sending the same but for their headers. */
export interface StreamRequest {
  /** `http://host:port/path`, or `https://`. */
  url: string;
  /** Default `GET`. */
  method?: string;
  /** Added to `Host` and `Accept: text/event-stream`; a header given here replaces one of these. */
  headers?: Record<string, string>;
  body?: string;
}

/** Where a request goes and the text that is sent, made once for as many streams as use it. */
export interface PreparedRequest {
  host: string;
  port: number;
  /** Whether TLS is spoken. */
  isSecure: boolean;
  /** The name that the certificate must be for; none where the host is an address. */
  serverName?: string;
  method: string;
  text: string;
}

/** The request of one who comes back: with the id of the last event that it has. */
export function resumedRequest(request: PreparedRequest, lastEventId: string): PreparedRequest {
  if (lastEventId === '') return request;
  const end = request.text.indexOf('\r\n\r\n');
  const text = `${request.text.slice(0, end)}\r\nLast-Event-ID: ${lastEventId}${request.text.slice(end)}`;
  return { ...request, text };
}

/** @throws {RequestError} when the URL is none that a plain socket can ask, or a header would break out of its line */
export function prepareRequest({ url, method = 'GET', headers = {}, body }: StreamRequest): PreparedRequest {
  const target = parseTarget(url);
  const all = new Map<string, string>([
    ['host', `host: ${target.host}`],
    ['accept', 'accept: text/event-stream'],
  ]);
  if (body !== undefined) all.set('content-length', `content-length: ${Buffer.byteLength(body)}`);
  for (const [name, value] of Object.entries(headers)) all.set(name.toLowerCase(), `${name}: ${value}`);
  const lines = [`${method} ${target.pathname}${target.search} HTTP/1.1`, ...all.values()];
  const broken = lines.find((line) => /[\r\n\0]/.test(line));
  if (broken !== undefined) throw new RequestError(`Not a line of a request: ${JSON.stringify(broken)}`);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const isSecure = target.protocol === 'https:';
  return {
    host,
    port: Number(target.port || (isSecure ? 443 : 80)),
    isSecure,
    serverName: isSecure && isIP(host) === 0 ? host : undefined,
    method,
    text: `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`,
  };
}

/** @throws {RequestError} when the URL is none that can be asked */
export function parseTarget(url: string): URL {
  if (!URL.canParse(url))
    throw new RequestError(`Not a URL: ${JSON.stringify(url)}. Give one such as http://localhost:3000/events`);
  const target = new URL(url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new RequestError(`${target.protocol}// is not spoken here: give a URL that begins with http:// or https://`);
  }
  if (target.username !== '' || target.password !== '') {
    throw new RequestError(
      'A name and password in the URL are not sent by EventSource: give them as a header, Authorization: Basic …',
    );
  }
  return target;
}
