import { ServerResponse } from 'node:http';
import { type Frame } from '../protocol/frame.js';
import { ChunkedSocketWriter } from './chunked-socket-writer.js';
import { type Compression } from './compression/compression.js';
import { type EncodingName } from './compression/content-coding.js';
import { type HttpExchange, type RawResponse } from './http-exchange.js';
import { PlainWriter } from './plain-writer.js';
import { type PieceWriter, type ResponseWriter } from './response-writer.js';

/** What the heads of a route's streams say beside what all of them say. */
export interface StreamOffer {
  /** None where it is switched off. */
  readonly compression: Compression | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/**
 * Sends the head of an event stream and its first frame, and returns what writes the rest: compressed, where that is offered
 * and the client asks for it.
 */
export function openResponse(exchange: HttpExchange, first: Frame, offer: StreamOffer): ResponseWriter {
  const coding = offer.compression?.negotiate(exchange.header('accept-encoding'));
  sendHead(exchange, offer, coding?.encoding);
  const pieces = writerFor(exchange);
  const writer = coding ? coding.writerTo(pieces) : pieces;
  writer.write(first);
  exchange.dropRouting();
  return writer;
}

/** The whole answer to a HEAD request. */
export function answerHead(exchange: HttpExchange, offer: StreamOffer): void {
  sendHead(exchange, offer, offer.compression?.negotiate(exchange.header('accept-encoding'))?.encoding);
  exchange.response.end();
}

function sendHead(exchange: HttpExchange, { compression, headers }: StreamOffer, encoding?: EncodingName): void {
  exchange.takeOver();
  const { response, socket } = exchange;
  response.setHeader('Content-Type', 'text/event-stream');
  // `no-transform` also keeps compression middleware off, which would hold events back.
  response.setHeader('Cache-Control', 'no-cache, no-transform');
  // nginx and those who follow it buffer responses unless told not to.
  response.setHeader('X-Accel-Buffering', 'no');
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
  if (compression) addVary(response);
  if (encoding) response.setHeader('Content-Encoding', encoding);
  response.removeHeader('Content-Length');
  if (!exchange.isHttp2) {
    // An inactivity timeout of the server is meant for requests; heartbeats and the sweep watch over a stream.
    socket.setTimeout(0);
  }
  if (response instanceof ServerResponse) response.flushHeaders();
  else response.writeHead(response.statusCode);
}

/** What the platform varies by, such as the origin for CORS, stays. Else one text, which takes less memory than a list of one. */
function addVary(response: RawResponse): void {
  if (response.hasHeader('Vary')) response.appendHeader('Vary', 'Accept-Encoding');
  else response.setHeader('Vary', 'Accept-Encoding');
}

function writerFor({ response }: HttpExchange): PieceWriter {
  if (
    response instanceof ServerResponse &&
    // HTTP/1.0 knows no chunks, and a pipelined request has no socket yet.
    response.chunkedEncoding &&
    response.socket &&
    !response.writableEnded
  ) {
    return new ChunkedSocketWriter(response, response.socket);
  }
  return new PlainWriter(response);
}
