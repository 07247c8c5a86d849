import { monotonicNow } from './monotonic.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { type Frame } from '../protocol/frame.js';
import { type SseEvent } from '../protocol/sse-event.js';
import { SseEventError } from '../protocol/sse-event-error.js';
import { type Departure } from '../transport/departure-watch.js';
import { type RawResponse } from '../transport/http-exchange.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { type Audiences, NO_AUDIENCES } from './audiences.js';
import { type ConnectionOrigin } from './connection-origin.js';
import { ChannelReading } from './channel-reading.js';
import { ATTACHMENT_KINDS, type Attachment, type AttachmentKind } from './attachment.js';
import { type CloseReason } from './close-reason.js';
import { type DropCounts, droppedFrames } from './drop-counts.js';
import { type ConnectionServices } from './connection-services.js';
import { type ConnectionSettings } from './connection-settings.js';
import { contain } from './contain.js';
import { endResponse } from './end-response.js';
import { type Ending } from './farewell.js';
import { JoinedChannels } from './joined-channels.js';
import { LazyAborter } from './lazy-aborter.js';
import { Outbox } from './outbox.js';
import { RateLimitedOutbox } from './rate-limited-outbox.js';

/** What a connection has sent, and what waits. */
export interface SseConnectionStats {
  /** Events written, heartbeats and the like included. */
  readonly events: number;
  /** The bytes of those events, before they are compressed. */
  readonly bytes: number;
  /** Events that were left out since the client read too slowly. */
  readonly dropped: number;
  /** Events that wait. */
  readonly queued: number;
  /** Bytes that this process holds for the client: of the events that wait, and of those that its socket does not take. */
  readonly heldBytes: number;
  /** For how long the next event has waited, in milliseconds: since its publication, or since the last write. */
  readonly lag: number;
  /** The client does not read at the moment. */
  readonly blocked: boolean;
  /** It is given events from the history until it has caught up. */
  readonly behind: boolean;
}

/**
 * One open stream. Handlers get it by `@CurrentConnection()`, everybody else from the {@link ConnectionRegistry}.
 *
 * It exists from before the handler runs: what is sent to it until the stream opens is delivered then. It ends once,
 * with a {@link CloseReason}, and nothing refers to it afterwards.
 */
export class SseConnection {
  /** Names its node, and can't be guessed. */
  readonly id: string;
  /** The client's address, by the platform's own rules on proxies. */
  readonly remoteAddress: string;
  /** The application's own state of this connection. */
  state: unknown;
  /** @internal Of a stream of channels: how far it has come. Its ids are then the backplane's, else the application's. */
  reading: ChannelReading | undefined;
  private hasOwnIds = false;
  /** @internal Kept by the registry. */
  readonly joined = new JoinedChannels();
  /** @internal Until it has ended: whoever keeps a connection is not to keep its socket. */
  response: RawResponse | undefined;
  /** @internal The audiences that it is part of. */
  listen: Audiences = NO_AUDIENCES;
  private phase: 'opening' | 'open' | 'closed' = 'opening';
  /** @internal EventSource reconnects a GET only. */
  readonly isGet: boolean;
  private ownIdentity: SseIdentity | undefined;
  private readonly path: string;
  /** Made when somebody asks for the signal. */
  private aborter: LazyAborter | undefined;
  private readonly outbox: Outbox;
  private readonly opened = Date.now();
  private writer: ResponseWriter | undefined;
  /** Fields rather than a list or an object: each of these weighs on every connection (P4 of the benchmark). */
  private departure: Attachment | undefined;
  private heartbeat: Attachment | undefined;
  private age: Attachment | undefined;
  private expiry: Attachment | undefined;
  private source: Attachment | undefined;
  private receipt: Attachment | undefined;
  private drainWaiters: (() => void)[] | undefined;

  /** @internal */
  constructor(
    origin: ConnectionOrigin,
    /** @internal */
    readonly settings: ConnectionSettings,
    private readonly services: ConnectionServices,
  ) {
    this.id = origin.id;
    this.ownIdentity = origin.identity;
    this.remoteAddress = origin.remoteAddress;
    this.isGet = origin.isGet;
    this.path = origin.path;
    this.aborter = origin.aborter;
    this.response = origin.response;
    const { rateLimit } = settings;
    this.outbox = rateLimit
      ? new RateLimitedOutbox(this, settings, services, rateLimit)
      : new Outbox(this, settings, services);
  }

  /** Whose stream it is, if anybody's. Changed by `SseBroadcaster.updateIdentity()` only. */
  get identity(): SseIdentity | undefined {
    return this.ownIdentity;
  }

  /** The user of its identity, if it has one. */
  get userId(): string | undefined {
    return this.identity?.userId;
  }

  /** The permissions of its identity. */
  get permissions(): readonly string[] {
    return this.identity?.permissions ?? [];
  }

  /** The channels that it listens to, or did when it ended; those of its audiences (`$all`, `$user.…`) included. */
  get channels(): ReadonlySet<string> {
    return new Set(this.joined);
  }

  /** When its request was admitted. */
  get openedAt(): Date {
    return new Date(this.opened);
  }

  /** When something was last written to it, a heartbeat included. */
  get lastWriteAt(): Date | undefined {
    return this.outbox.lastWrite === 0 ? undefined : wallClock(this.outbox.lastWrite);
  }

  /** What it has sent, and what waits. */
  get stats(): SseConnectionStats {
    const { events, bytes, dropped, size, isBehind } = this.outbox;
    const lag = this.outbox.lag(monotonicNow());
    const { heldBytes, isBlocked: blocked } = this;
    return { events, bytes, dropped, queued: size, heldBytes, lag, blocked, behind: isBehind };
  }

  /** @internal Events that wait. */
  get queued(): number {
    return this.outbox.size;
  }

  /** @internal Bytes that this process holds for the client: in the queue, and handed to a socket that does not take them. */
  get heldBytes(): number {
    return this.outbox.queuedBytes + (this.writer?.unflushedBytes ?? 0);
  }

  /** It has ended: nothing that is sent to it goes anywhere. */
  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  /** Aborted the moment the connection ends, for whatever reason. */
  get signal(): AbortSignal {
    this.aborter ??= new LazyAborter();
    if (this.isClosed) this.aborter.abort();
    return this.aborter.signal;
  }

  /**
   * Sends an event to this connection alone. Returns false if it has ended.
   *
   * @throws SseEventError if the event is invalid, or has an id on a stream of channels: those ids are the backplane's
   */
  send(event: SseEvent): boolean {
    if (event.id !== undefined) {
      this.hasOwnIds = true;
      if (this.reading) throw idsBelongToBackplane();
    }
    const frame = this.settings.encoder.encode(event, monotonicNow());
    if (this.isClosed) return false;
    // What is sent before the stream opens waits for that, and says nothing of the client.
    this.outbox.push(frame, this.phase === 'opening');
    return true;
  }

  /**
   * Listens to a channel from now on, for as long as the connection lives: a reconnect is a new connection.
   *
   * @throws SseRefusedException if `channels.authorize` says no, SseError if there are too many channels
   */
  subscribe(channel: string): Promise<void> {
    return this.services.subscriber.subscribe(this, channel);
  }

  /** Ends a subscription, whether it was made at run time or when the stream opened. */
  unsubscribe(channel: string): Promise<void> {
    return this.services.subscriber.unsubscribe(this, channel);
  }

  /** Ends the connection. The default, `kicked`, tells the client not to come back. Does nothing if it has ended. */
  close(reason: CloseReason = 'kicked'): void {
    this.finish({ reason });
  }

  /** @internal The head is sent: from here events flow. */
  open(writer: ResponseWriter): void {
    this.phase = 'open';
    this.writer = writer;
    this.outbox.open(writer, monotonicNow());
  }

  /** @internal Takes a frame that many connections share. */
  deliver(frame: Frame): void {
    this.outbox.push(frame);
  }

  /** @internal Takes a frame of ours, whatever the bounds say. */
  deliverControl(frame: Frame): void {
    this.outbox.pushControl(frame);
  }

  /** @internal Released when the connection ends, or at once if it has. */
  attach(kind: AttachmentKind, attachment: Attachment): void {
    if (this.isClosed) attachment.release();
    else this[kind] = attachment;
  }

  /** @internal Ends what goes on beside the connection before the connection ends. */
  detach(kind: AttachmentKind): void {
    this[kind]?.release();
    this[kind] = undefined;
  }

  /** @internal It is a stream of channels. What was sent to it before must have no ids either. */
  readChannels(): ChannelReading {
    if (this.hasOwnIds) throw idsBelongToBackplane();
    this.outbox.fallsBehindAt = this.settings.fallsBehindAt;
    return (this.reading = new ChannelReading(this.outbox));
  }

  /** @internal Of the same user. */
  changeIdentity(identity: SseIdentity): void {
    this.ownIdentity = identity;
  }

  /** @internal Its head is sent, and it has not ended. */
  get isOpen(): boolean {
    return this.phase === 'open';
  }

  /** @internal The client is gone. */
  departed(departure: Departure): void {
    this.finish({ reason: departure, manner: 'gone' });
  }

  /** @internal Whether a source that can be paused should go on. */
  get hasRoom(): boolean {
    return this.outbox.hasRoom;
  }

  /** @internal Resolves when a paused source should go on; the end of the connection counts. */
  room(): Promise<void> {
    return this.hasRoom ? Promise.resolve() : this.nextDrain();
  }

  /** @internal Resolves when all that was taken is written and the client reads; the end of the connection counts. */
  written(): Promise<void> {
    return this.outbox.isDrained ? Promise.resolve() : this.nextDrain();
  }

  /** @internal For the heartbeats and the sweep: when something was last written, by the monotonic clock. */
  get lastWrite(): number {
    return this.outbox.lastWrite;
  }

  /** @internal */
  get isBlocked(): boolean {
    return this.writer?.blocked ?? false;
  }

  /** @internal Bytes that the kernel has not taken, and those it took since the stream opened. */
  get progress(): { unflushed: number; flushed: number } {
    return { unflushed: this.writer?.unflushedBytes ?? 0, flushed: this.writer?.flushedBytes ?? 0 };
  }

  /** @internal Its queue is full, and the policy is to disconnect. */
  overflowed(): void {
    this.finish({ reason: 'overflow' });
  }

  /** @internal What waits can't be written. */
  unwritable(): void {
    this.finish({ reason: 'error' });
  }

  /** @internal What tells the client that it did not get everything. */
  tell(dropped: DropCounts): readonly Frame[] {
    return this.settings.raw ? [] : droppedFrames(dropped);
  }

  /** @internal It is given events from the history, and has room for the next of them. */
  wantsPage(): void {
    if (this.reading?.isBehind && !this.isClosed) this.services.catchUp.want(this);
  }

  /** @internal Everything that waited was written, and the client reads. */
  drained(): void {
    this.wantsPage();
    if (!this.drainWaiters) return;
    const waiters = this.drainWaiters;
    this.drainWaiters = undefined;
    for (const goOn of waiters) goOn();
  }

  /**
   * @internal Every end comes through here, once: source and timers stop, the client gets its farewell if it is to have
   * one, the socket is let go of, and the registry forgets the connection.
   */
  finish(ending: Ending): void {
    if (this.isClosed) return;
    const { writer } = this;
    this.phase = 'closed';
    for (const scope of this.settings.admission.scopes) scope.release(this);
    this.aborter?.abort();
    for (const kind of ATTACHMENT_KINDS) {
      contain(`Ending the ${kind} of connection ${this.id}`, () => this[kind]?.release());
      this[kind] = undefined;
    }
    contain(`Leaving the channels of connection ${this.id}`, () => this.services.subscriber.release(this));
    if (writer && !contain(`Ending the response of connection ${this.id}`, () => this.end(writer, ending))) {
      writer.destroy();
    }
    this.outbox.discard();
    this.writer = undefined;
    this.response = undefined;
    this.drained();
    this.services.closed(this, ending.reason);
  }

  private end(writer: ResponseWriter, ending: Ending): void {
    const { settings, isGet, path } = this;
    const { raw, interruption } = settings;
    const stream = { raw, interruption, isGet, path, retry: settings.connections.retry };
    endResponse(writer, this.outbox, ending, stream, this.services.linger);
  }

  private nextDrain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed) {
        resolve();
        return;
      }
      this.outbox.awaitDrain();
      (this.drainWaiters ??= []).push(resolve);
    });
  }
}

function wallClock(monotonic: number): Date {
  return new Date(Date.now() - (monotonicNow() - monotonic));
}

function idsBelongToBackplane(): SseEventError {
  return new SseEventError(
    'SSE_EVENT_ID',
    'An event with an id was sent to a stream of channels, whose ids belong to the backplane, which resumes by them: put it into the data.',
  );
}
