import { Inject, Injectable, Logger } from '@nestjs/common';
import { ChannelMembership } from '../channels/channel-membership.js';
import { EnginePatience } from '../channels/engine-patience.js';
import { PresenceAnnouncer } from '../channels/presence-announcer.js';
import { Seam, type SeamPlan } from '../channels/seam.js';
import { SEAM_SERVICES, type SeamServices } from '../channels/seam-services.js';
import { SseNode } from '../channels/sse-node.js';
import { Admission } from '../connections/admission.js';
import { CONNECTION_SERVICES, type ConnectionServices } from '../connections/connection-services.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { ConnectionWatch } from '../connections/connection-watch.js';
import { SseConnection } from '../connections/sse-connection.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { type SseOperationNote } from '../options/sse-tracer.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { errorText } from '../protocol/error-text.js';
import { type Frame } from '../protocol/frame.js';
import { readEndMark } from '../protocol/end-mark.js';
import { decodeLastEventId } from '../protocol/last-event-id.js';
import { DepartureWatch } from '../transport/departure-watch.js';
import { HttpExchange } from '../transport/http-exchange.js';
import { answerHead, openResponse } from '../transport/open-response.js';
import { ConnectionHooks } from './connection-hooks.js';
import { feed } from './feed.js';
import { Identification } from './identify.js';
import { isAwaited } from './is-awaited.js';
import { aborterOf } from './nest-signal.js';
import { withOpenEvent } from './open-event.js';
import { pendingRefusal } from './pending-refusals.js';
import { acceptsEventStream, announceRetry, answerEnded, answerRetry, isRefusedByRetry } from './refusal.js';
import { planSnapshot } from './snapshot.js';
import { discardSource, type Source, sourceOf } from './source.js';
import { type StreamExecutionContext } from './stream-execution-context.js';
import { type StreamArguments } from './stream-parameters.js';
import { type RouteSettings, type StreamRoute, StreamRoutes } from './stream-route.js';

type Handler = (from: StreamArguments) => unknown;

const NO_CHANNELS: readonly string[] = [];

/**
 * The journey of a connection, from a request that passed its guards to a stream that is fed: admission reserves a
 * place, the handler runs, hooks and channels agree, the head is sent. Up to there everything that fails is thrown, and
 * goes to Nest's filters with its real status.
 */
@Injectable()
export class StreamOpener {
  private readonly logger = new Logger('SseStream');

  constructor(
    private readonly routes: StreamRoutes,
    private readonly identification: Identification,
    private readonly admission: Admission,
    private readonly hooks: ConnectionHooks,
    private readonly membership: ChannelMembership,
    private readonly registry: ConnectionRegistry,
    private readonly watch: ConnectionWatch,
    private readonly node: SseNode,
    private readonly presence: PresenceAnnouncer,
    private readonly engine: EnginePatience,
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(SEAM_SERVICES) private readonly seams: SeamServices,
    @Inject(CONNECTION_SERVICES) private readonly services: ConnectionServices,
  ) {}

  open(route: StreamRoute, execution: StreamExecutionContext, handler: Handler): Promise<void> {
    const settings = this.routes.settingsOf(route, execution.getClass());
    const { tracer } = this.options;
    if (!tracer) return this.openStream(settings, execution, handler);
    const operation = { name: 'sse.open', attributes: { 'sse.route': settings.name } } as const;
    return tracer.trace(operation, (note) => this.openStream(settings, execution, handler, note));
  }

  private async openStream(
    settings: RouteSettings,
    execution: StreamExecutionContext,
    handler: Handler,
    note?: SseOperationNote,
  ): Promise<void> {
    const [request, response] = execution.getArgs<[object, object]>();
    const exchange = new HttpExchange(request, response);
    if (exchange.isOver()) return;
    const lastEventId = this.answersAtOnce(exchange, settings);
    if (lastEventId === null) return;
    const refusal = pendingRefusal(exchange.request);
    if (refusal) {
      this.refuse(refusal, exchange, settings);
      return;
    }

    const known = this.identify(exchange, execution);
    const identity = isAwaited(known) ? await known : known;
    if (exchange.isOver()) return;
    const connection = this.admit(exchange, settings, execution, identity);
    if (!connection) return;
    note?.('sse.connection.id', connection.id);
    let source: Source | undefined;
    try {
      const admitted = this.hooks.admit(connection);
      if (admitted) await admitted;
      const cameAt = this.engine.position;
      const result = handler({ connection, lastEventId });
      source = sourceOf(isAwaited(result) ? await result : result, settings.name);
      const agreed = this.propose(connection, settings, source);
      if (agreed) await agreed;
      const names = source.kind === 'channels' ? source.subscription.names : NO_CHANNELS;
      const allowed = this.membership.admit(connection, names);
      if (allowed) await allowed;
      const joined = this.membership.enter(connection, names);
      const seam = this.seamOf(connection, settings, source, { lastEventId, cameAt }, joined);
      const ready = this.engine.atOpening(seam ? seam.prepare() : joined);
      if (ready) await ready;
      const opening = seam?.openingFrame() ?? settings.opening;
      this.openNow(connection, exchange, withOpenEvent(opening, connection), settings);
      seam?.opened();
    } catch (error) {
      if (source) discardSource(source);
      this.fail(error, connection, exchange, settings);
      return;
    }
    if (connection.isClosed) discardSource(source);
    else if (source.kind !== 'channels') feed(source, connection, settings);
  }

  /** The client's cursor; or null, if the request has its answer without a stream. */
  private answersAtOnce(exchange: HttpExchange, settings: RouteSettings): string | undefined | null {
    const { method } = exchange;
    const isRead = method === 'GET' || method === 'HEAD';
    if (isRead && !settings.raw && !acceptsEventStream(exchange.header('accept'))) {
      throw new SseRefusedException('SSE_NOT_ACCEPTABLE', 406, 'This is an event stream: accept text/event-stream.');
    }
    if (method === 'HEAD') {
      answerHead(exchange, settings);
      return null;
    }
    // Clients that can't set headers, such as polyfills, put it into the query.
    const lastEventId = decodeLastEventId(exchange.header('last-event-id')) ?? exchange.query('lastEventId');
    if (lastEventId === undefined) return undefined;
    const { cursor, ended } = readEndMark(lastEventId, exchange.path, Math.floor(Date.now() / 1_000));
    if (ended && method === 'GET') {
      answerEnded(exchange);
      return null;
    }
    return cursor === '' ? undefined : cursor;
  }

  /** A connection that has its place, or nothing if it was refused by an answer of its own. */
  private admit(
    exchange: HttpExchange,
    settings: RouteSettings,
    execution: StreamExecutionContext,
    identity: SseIdentity | undefined,
  ): SseConnection | undefined {
    const { remoteAddress, path } = exchange;
    try {
      this.admission.reserve({ userId: identity?.userId, remoteAddress }, settings.admission);
    } catch (error) {
      this.refuse(error, exchange, settings);
      return undefined;
    }
    const id = this.node.connectionIds.next();
    const isGet = exchange.method === 'GET';
    const aborter = aborterOf(execution.getArgByIndex(0));
    const connection = new SseConnection(
      { id, identity, remoteAddress, isGet, path, aborter, response: exchange.response },
      settings,
      this.services,
    );
    connection.attach('departure', new DepartureWatch(exchange, connection));
    this.registry.enter(connection);
    return connection;
  }

  private identify(exchange: HttpExchange, execution: StreamExecutionContext) {
    const identity = this.identification.identify(execution);
    return isAwaited(identity) ? this.whenKnown(exchange, identity) : identity;
  }

  private async whenKnown(
    exchange: HttpExchange,
    identity: PromiseLike<SseIdentity | undefined>,
  ): Promise<SseIdentity | undefined> {
    this.admission.knocking.add(exchange.response);
    try {
      return await identity;
    } finally {
      this.admission.knocking.delete(exchange.response);
    }
  }

  /** Asks the hooks about a stream of which it is known now what it is of. */
  private propose(connection: SseConnection, settings: RouteSettings, source: Source): Promise<void> | undefined {
    const isOfChannels = source.kind === 'channels';
    // What was sent to it before must not have ids of its own.
    if (isOfChannels) connection.readChannels();
    connection.listen = isOfChannels ? settings.listenOfChannels : settings.listenOfSource;
    return this.hooks.open(connection);
  }

  /** A stream of channels has a seam between what was and what will be. */
  private seamOf(
    connection: SseConnection,
    settings: RouteSettings,
    source: Source,
    from: Pick<SeamPlan, 'lastEventId' | 'cameAt'>,
    joined: Promise<void> | undefined,
  ): Seam | undefined {
    if (source.kind !== 'channels') return undefined;
    const { subscription, snapshot } = source;
    this.presence.watch(connection, subscription.presence);
    const state = snapshot && planSnapshot(snapshot, connection, settings);
    return new Seam(connection, { ...from, subscription, snapshot: state }, joined, this.seams);
  }

  /** All in one turn: what was awaited until here may have been overtaken by anything. */
  private openNow(connection: SseConnection, exchange: HttpExchange, first: Frame, settings: RouteSettings): void {
    // The client may have left, or somebody else answered, such as an interceptor that ran out of time.
    if (exchange.isOver()) {
      connection.departed('client');
      return;
    }
    this.admission.checkOpen();
    if (connection.isClosed) throw closedBeforeItOpened();
    connection.open(openResponse(exchange, first, settings));
    this.registry.add(connection);
    this.watch.start(connection);
  }

  /** What the handler or a hook threw goes to the filters, unless its end came first, of which it may be the consequence. */
  private fail(error: unknown, connection: SseConnection, exchange: HttpExchange, settings: RouteSettings): void {
    const wasClosed = connection.isClosed;
    connection.close('error');
    if (!wasClosed) {
      this.refuse(error, exchange, settings);
      return;
    }
    this.logger.debug(`A handler of ${settings.name} failed after its connection had ended: ${errorText(error)}`);
    try {
      this.admission.checkOpen();
    } catch (refusal) {
      this.refuse(refusal, exchange, settings);
      return;
    }
    this.refuse(closedBeforeItOpened(), exchange, settings);
  }

  /** Answers a refusal that tells a browser when to come back; throws any other, and all other errors. */
  private refuse(error: unknown, exchange: HttpExchange, { connections }: RouteSettings): void {
    if (exchange.isOver()) return;
    if (!(error instanceof SseRefusedException)) throw error;
    if (error.retryAfter !== undefined && isRefusedByRetry(exchange, connections.refusal)) {
      answerRetry(exchange, error);
      return;
    }
    announceRetry(exchange, error);
    throw error;
  }
}

function closedBeforeItOpened(): SseRefusedException {
  return new SseRefusedException('SSE_CLOSED', 403, 'The stream was closed before it opened.');
}
