import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackplaneLink } from '../channels/backplane-link.js';
import { SseBroadcaster } from '../channels/sse-broadcaster.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';
import { OnSseOpen } from '../streaming/connection-hooks.js';
import { DepartureWatch } from '../transport/departure-watch.js';
import { type HttpExchange, type RawResponse } from '../transport/http-exchange.js';
import { isEngineAway, ticketRefusal, ticketsAreAway } from './ticket-refusal.js';
import { TicketStore } from './ticket-store.js';
import { type Claim, TicketUse, type UseServices } from './ticket-use.js';
import { UnusableTicket } from './unusable-ticket.js';

/**
 * The uses of tickets on this node. A use belongs to a request, and then to the connection that the request becomes. It
 * ends with whichever is the last of them, so that nothing of it stays behind.
 */
@Injectable()
export class LiveTickets {
  private readonly logger = new Logger('SseSecurity');
  private readonly ofResponses = new WeakMap<RawResponse, TicketUse>();
  private readonly ofConnections = new WeakMap<SseConnection, TicketUse>();
  private readonly ending = new Set<Promise<void>>();
  private readonly services: UseServices;

  constructor(
    store: TicketStore,
    wheel: TimerWheel,
    @Inject(SSE_OPTIONS) { tickets }: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly broadcaster: SseBroadcaster,
    link: BackplaneLink,
  ) {
    // The tickets of streams that end with the process must be good on other nodes before it has gone.
    link.beforeClosing(() => Promise.all(this.ending));
    this.services = { store, wheel, reconnect: tickets.reconnect, replace: (id) => this.replace(id) };
    registry.opened$.subscribe((connection) => this.ofConnections.get(connection)?.opened());
    registry.closed$.subscribe(({ connection }) => this.end(this.ofConnections.get(connection)));
  }

  /**
   * The request has claimed a use: it is given back unless a stream opens.
   *
   * @throws UnusableTicket if the client has left meanwhile
   */
  begin(claim: Claim, exchange: HttpExchange): void {
    const use = new TicketUse(claim, this.services);
    if (exchange.isOver()) {
      this.end(use);
      throw new UnusableTicket('the client has left');
    }
    this.ofResponses.set(exchange.response, use);
    // Also what is refused by somebody else: by another guard, by the handler, or for want of a place.
    new DepartureWatch(exchange, { departed: () => this.end(use) });
  }

  /** @internal */
  @OnSseOpen()
  bind(connection: SseConnection): Promise<void> | undefined {
    const use = connection.response && this.ofResponses.get(connection.response);
    if (!use) return undefined;
    this.ofConnections.set(connection, use);
    return use.bind(connection).catch((error: unknown) => {
      if (isEngineAway(error)) throw ticketsAreAway(connection.settings.connections.retryAfter);
      if (!(error instanceof UnusableTicket)) throw error;
      this.logger.warn(logLine('Refused a connection', { connection: connection.id, reason: error.message }));
      throw ticketRefusal();
    });
  }

  private end(use: TicketUse | undefined): void {
    if (!use) return;
    const ended = use.end().finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  private async replace(connectionId: string): Promise<void> {
    const connection = this.registry.get(connectionId);
    if (connection) connection.close('replaced');
    else await this.broadcaster.disconnect({ connection: connectionId }, 'replaced');
  }
}
