import { Inject, Injectable } from '@nestjs/common';
import { type Observable } from 'rxjs';
import { ChannelMembership } from '../channels/channel-membership.js';
import { SseNode } from '../channels/sse-node.js';
import { Admission, type Place } from '../connections/admission.js';
import { CONNECTION_SERVICES, type ConnectionServices } from '../connections/connection-services.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { ConnectionWatch } from '../connections/connection-watch.js';
import { SseConnection } from '../connections/sse-connection.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { readEndMark } from '../protocol/end-mark.js';
import { decodeLastEventId } from '../protocol/last-event-id.js';
import { DepartureWatch } from '../transport/departure-watch.js';
import { HttpExchange } from '../transport/http-exchange.js';
import { answerHead, openResponse } from '../transport/open-response.js';
import { ConnectionHooks } from './connection-hooks.js';
import { feedIterable } from './iterable-feed.js';
import { Identification } from './identify.js';
import { acceptsEventStream, announceRetry, answerEnded, answerRetry, isRefusedByRetry } from './refusal.js';
import { discardSource, type Source, sourceOf } from './source.js';
import { type StreamContext, takeStreamContext } from './stream-context.guard.js';
import { type StreamArguments } from './stream-parameters.js';
import { type RouteSettings, type StreamRoute, StreamRoutes } from './stream-route.js';
import { StreamSink } from './stream-sink.js';

type Handler = (from: StreamArguments) => unknown;

/**
 * The journey of a connection, from a request that passed its guards to a stream that is fed: admission reserves a
 * place, the handler runs, hooks and channels agree, the head is sent. Up to there everything that fails is thrown, and
 * goes to Nest's filters with its real status.
 */
@Injectable()
export class StreamOpener {
  constructor(
    private readonly routes: StreamRoutes,
    private readonly identification: Identification,
    private readonly admission: Admission,
    private readonly hooks: ConnectionHooks,
    private readonly membership: ChannelMembership,
    private readonly registry: ConnectionRegistry,
    private readonly watch: ConnectionWatch,
    private readonly node: SseNode,
    @Inject(CONNECTION_SERVICES) private readonly services: ConnectionServices,
  ) {}

  async open(route: StreamRoute, request: object, response: object, handler: Handler): Promise<void> {
    const exchange = new HttpExchange(request, response);
    const context = takeStreamContext(request);
    if (exchange.isOver()) return;
    const settings = this.routes.settingsOf(route);
    const lastEventId = this.answersAtOnce(exchange, settings);
    if (lastEventId === null) return;

    const connection = await this.admit(exchange, settings, context);
    if (!connection) return;
    let source: Source;
    try {
      source = sourceOf(await handler({ connection, lastEventId }), route.name);
    } catch (error) {
      connection.close('error');
      throw error;
    }
    try {
      await this.prepare(connection, settings, source);
      // The client may have left meanwhile, or somebody else answered, such as an interceptor that ran out of time.
      if (exchange.isOver()) connection.close('client');
      else connection.open(openResponse(exchange, settings.opening));
    } catch (error) {
      connection.close('error');
      discardSource(source);
      this.refuse(error, exchange, settings);
      return;
    }
    if (connection.isClosed) discardSource(source);
    else this.start(connection, settings, route, source);
  }

  /** The client's cursor; or null, if the request has its answer without a stream. */
  private answersAtOnce(exchange: HttpExchange, { raw }: RouteSettings): string | undefined | null {
    const { method } = exchange;
    const isRead = method === 'GET' || method === 'HEAD';
    if (isRead && !raw && !acceptsEventStream(exchange.header('accept'))) {
      throw new SseRefusedException('SSE_NOT_ACCEPTABLE', 406, 'This is an event stream: accept text/event-stream.');
    }
    if (method === 'HEAD') {
      answerHead(exchange);
      return null;
    }
    const lastEventId = decodeLastEventId(exchange.header('last-event-id'));
    if (lastEventId === undefined) return undefined;
    const { cursor, ended } = readEndMark(lastEventId, exchange.path, Math.floor(Date.now() / 1_000));
    if (ended && method === 'GET') {
      answerEnded(exchange);
      return null;
    }
    return cursor === '' ? undefined : cursor;
  }

  /** A connection that has its place, or nothing if it was refused by an answer of its own. */
  private async admit(
    exchange: HttpExchange,
    settings: RouteSettings,
    { execution, aborter }: StreamContext,
  ): Promise<SseConnection | undefined> {
    const identity = await this.identification.identify(execution);
    if (exchange.isOver()) return undefined;
    const { remoteAddress, path } = exchange;
    let place: Place;
    try {
      place = this.admission.reserve({ userId: identity?.userId, remoteAddress }, settings.scopes);
    } catch (error) {
      this.refuse(error, exchange, settings);
      return undefined;
    }
    const id = this.node.newConnectionId();
    const isGet = exchange.method === 'GET';
    const connection = new SseConnection(
      { id, identity, remoteAddress, isGet, path, aborter, place },
      settings,
      this.services,
    );
    connection.attach('departure', new DepartureWatch(exchange, connection));
    return connection;
  }

  /** Everything that may still refuse the stream. */
  private async prepare(connection: SseConnection, settings: RouteSettings, source: Source): Promise<void> {
    const isOfChannels = source.kind === 'channels';
    connection.idsOwner = isOfChannels ? 'backplane' : 'application';
    connection.listen = isOfChannels ? settings.listenOfChannels : settings.listenOfSource;
    await this.hooks.open(connection);
    await this.membership.open(connection, isOfChannels ? source.names : []);
    this.admission.checkOpen();
    if (connection.isClosed)
      throw new SseRefusedException('SSE_CLOSED', 403, 'The stream was closed before it opened.');
  }

  /** Answers a refusal that tells a browser when to come back; throws any other, and all other errors. */
  private refuse(error: unknown, exchange: HttpExchange, { connections }: RouteSettings): void {
    if (exchange.isOver()) return;
    if (!(error instanceof SseRefusedException)) throw error;
    if (error.retryAfter !== undefined && isRefusedByRetry(exchange, connections.refusal)) {
      answerRetry(exchange, error.retryAfter);
      return;
    }
    announceRetry(exchange, error);
    throw error;
  }

  private start(connection: SseConnection, settings: RouteSettings, route: StreamRoute, source: Source): void {
    this.registry.add(connection);
    this.watch.start(connection);
    if (source.kind === 'channels') return;
    const sink = new StreamSink(connection, settings, route);
    if (source.kind === 'observable') this.subscribe(connection, source.observable, sink);
    else void feedIterable(source.iterator, sink);
  }

  private subscribe(connection: SseConnection, observable: Observable<unknown>, sink: StreamSink): void {
    const subscription = observable.subscribe(sink);
    connection.attach('source', { release: () => subscription.unsubscribe() });
  }
}
