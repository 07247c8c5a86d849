import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type Readable } from 'node:stream';
import { type Random } from '../random.js';
import { type Entry, type Sight, type Trace } from '../oracle/trace.js';
import { type EventBlock, EventBlocks } from './event-blocks.js';
import { type Link } from './link.js';
import { plainBody } from './plain-body.js';

/** How a client is, for as long as it lives. */
export interface ClientInit {
  readonly name: string;
  readonly user: string;
  /** The application's channels that it asks for. */
  readonly channels: readonly string[];
  /**
   * `browser` takes blocks with only an id, `polyfill` ignores them, as clients on eventsource-parser do, and sends its
   * last id in the query.
   */
  readonly kind: 'browser' | 'polyfill';
}

export interface ClientSurroundings {
  /** To the nodes, as behind a load balancer. */
  readonly links: readonly { readonly name: string; readonly link: Link }[];
  readonly random: Random;
  /** Milliseconds since the seed began. */
  readonly now: () => number;
}

/** How long until it comes back, before a stream has said so. */
const FIRST_RETRY = 100;

/** A client that behaves as EventSource does: it comes back after every end, to any node, with the last id that it had. */
export class EventSourceClient {
  readonly entries: Entry[] = [];
  lastEventId = '';
  private swallowedUntil: number | undefined;
  private request: ClientRequest | undefined;
  /** Of its answer, as long as that goes on. */
  private status: number | undefined;
  private body: Readable | undefined;
  /** It takes nothing more from this one. */
  private left: ClientRequest | undefined;
  private link: Link | undefined;
  private stalledPort: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private retry = FIRST_RETRY;
  private isOver = false;
  private blocksUntilCut = Infinity;
  private watchers = new Set<() => void>();

  constructor(
    private readonly init: ClientInit,
    private readonly surroundings: ClientSurroundings,
  ) {}

  get name(): string {
    return this.init.name;
  }

  get trace(): Trace {
    const { name, user, channels } = this.init;
    const all = [...channels, '$all', `$user.${user}`];
    const { entries, swallowedUntil } = this;
    return { client: name, user, channels: all, entries, survived: !this.isOver, swallowedUntil };
  }

  /** @param cutAfter this many blocks of its first connection; 0 for before the first */
  start({ cutAfter = Infinity }: { cutAfter?: number } = {}): void {
    this.blocksUntilCut = cutAfter;
    this.connect();
  }

  /** The connection is gone, as when a phone loses its network. It comes back by itself. */
  drop(): void {
    this.left = this.request;
    this.request?.destroy();
  }

  /** Takes nothing more from its connection. */
  stall(): void {
    const port = this.request?.socket?.localPort;
    if (port === undefined || this.stalledPort !== undefined) return;
    this.stalledPort = port;
    this.link?.stall(port);
  }

  goOn(): void {
    if (this.stalledPort !== undefined) this.link?.goOn(this.stalledPort);
    this.stalledPort = undefined;
  }

  /** Bytes for it may have been swallowed on this link. */
  swallowedBy(link: Link): void {
    if (this.link === link) this.swallowedUntil = this.surroundings.now();
  }

  /** Goes for good. */
  close(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Resolves with whether the condition came to hold in time; it is asked after everything that the client sees. */
  until(condition: () => boolean, milliseconds: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (holds: boolean): void => {
        clearTimeout(timer);
        this.watchers.delete(watcher);
        resolve(holds);
      };
      const watcher = (): void => {
        if (condition()) settle(true);
      };
      const timer = setTimeout(() => settle(false), milliseconds);
      this.watchers.add(watcher);
    });
  }

  private connect(): void {
    const { links, random } = this.surroundings;
    const { name, link } = random.pick(links);
    this.see({ what: 'connect', to: name, lastEventId: this.lastEventId });
    const isPolyfill = this.init.kind === 'polyfill' && this.lastEventId !== '';
    const query = new URLSearchParams({ channels: this.init.channels.join(','), user: this.init.user });
    if (isPolyfill) query.set('lastEventId', this.lastEventId);
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (random.chance(0.7)) headers['Accept-Encoding'] = 'gzip';
    if (!isPolyfill && this.lastEventId !== '') headers['Last-Event-ID'] = this.lastEventId;
    const opened = request({
      port: link.port,
      host: '127.0.0.1',
      path: `/events?${query.toString()}`,
      headers,
      agent: false,
    });
    this.request = opened;
    this.link = link;
    opened.on('response', (response) => this.open(opened, response));
    opened.on('error', () => undefined);
    opened.once('close', () => {
      // What has come is looked at to its end, before the client comes back with what it knows by then.
      if (this.body && !this.body.readableEnded && !this.body.destroyed)
        this.body.once('close', () => this.ended(opened));
      else this.ended(opened);
    });
    opened.end();
  }

  private open(opened: ClientRequest, response: IncomingMessage): void {
    this.status = response.statusCode;
    // What goes wrong with it is followed by the close of the request.
    response.on('error', () => undefined);
    if (response.statusCode !== 200) {
      if (response.statusCode === 204) this.isOver = true;
      response.resume();
      return;
    }
    this.see({ what: 'open' });
    if (this.blocksUntilCut === 0) this.cutOnce();
    this.body = plainBody(response);
    const blocks = new EventBlocks(
      (block) => {
        if (this.request === opened && this.left !== opened) this.take(block);
      },
      (retry) => (this.retry = retry),
    );
    this.body.on('data', (bytes: Buffer) => blocks.read(bytes));
  }

  private take(block: EventBlock): void {
    const isIgnored = block.data === undefined && this.init.kind === 'polyfill';
    if (isIgnored) return;
    if (block.id !== undefined) this.lastEventId = block.id;
    this.see(sightOf(block));
    if (--this.blocksUntilCut === 0) this.cutOnce();
  }

  private cutOnce(): void {
    this.blocksUntilCut = Infinity;
    this.drop();
  }

  private ended(opened: ClientRequest): void {
    if (this.request !== opened) return;
    const { status } = this;
    this.status = undefined;
    this.body = undefined;
    this.stalledPort = undefined;
    this.see({ what: 'end', how: status === undefined ? 'no answer' : `status ${status}` });
    if (!this.isOver) this.timer = setTimeout(() => this.connect(), this.retry);
  }

  private see(sight: Sight): void {
    this.entries.push({ ...sight, at: Math.round(this.surroundings.now()) });
    for (const watcher of [...this.watchers]) watcher();
  }
}

function sightOf({ id, type, data }: EventBlock): Sight {
  if (data === undefined || type === 'sse:cursor') return { what: 'checkpoint', id: id ?? '' };
  if (type === 'message') return { what: 'event', token: tokenIn(data), id };
  const told = type.startsWith('sse:') ? (JSON.parse(data) as Record<string, unknown>) : {};
  const reason = String(told.reason);
  if (type === 'sse:reset') return { what: 'reset', reason, channels: told.channels as string[], id };
  if (type === 'sse:dropped') return { what: 'dropped', reason, count: Number(told.count), id };
  return { what: 'other', type, data, id };
}

/** An event of ours is `{ token, … }`; anything else has the token of none. */
function tokenIn(data: string): number {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null && 'token' in value ? Number(value.token) : NaN;
}
