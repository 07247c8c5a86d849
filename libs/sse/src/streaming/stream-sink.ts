import { Logger } from '@nestjs/common';
import { Buffer } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { type Ending, type EndManner } from '../connections/farewell.js';
import { jitter } from '../connections/jitter.js';
import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { errorStack, errorText } from '../protocol/error-text.js';
import { frameOf } from '../protocol/event-encoder.js';
import { logLine } from '../protocol/log-line.js';
import { type EmissionCache, type EmissionTaker } from './emission-cache.js';
import { type Sink } from './sink.js';
import { type SseStreamOptions } from './sse-stream-options.js';
import { type RouteSettings } from './stream-route.js';

const logger = new Logger('SseStream');

/**
 * Where a source's values, its end and its failure go: into one connection. An Observable subscribes it as it is: it
 * can't be paused, and what a slow client does not take waits in the connection's queue.
 */
export class StreamSink implements EmissionTaker, Sink {
  lastEmission = 0;
  private readonly emissions: EmissionCache;
  private decoder: TextDecoder | undefined;

  constructor(
    readonly connection: SseConnection,
    protected readonly settings: RouteSettings,
    source: object,
  ) {
    this.emissions = settings.emissions.of(source);
    this.emissions.forget();
  }

  next(value: unknown): void {
    try {
      if (value instanceof Uint8Array) this.nextBytes(value);
      else this.connection.deliver(this.emissions.encode(value, this));
    } catch (error) {
      this.error(error);
    }
  }

  complete(): void {
    let ending: Ending;
    try {
      ending = this.completion(this.settings.options);
    } catch (error) {
      this.error(error);
      return;
    }
    this.connection.finish(ending);
  }

  /** The client learns that the source failed, and nothing else; the log has the rest. */
  error(error: unknown): void {
    if (this.connection.isClosed) return;
    const { id, userId } = this.connection;
    const fields = { stream: this.settings.name, connection: id, user: userId, error: errorText(error) };
    logger.error(logLine('The source of a stream failed', fields), errorStack(error));
    if (this.settings.raw) {
      this.connection.finish({ reason: 'error', manner: this.failureManner });
      return;
    }
    const { onError = 'retry' } = this.settings.options;
    const data = JSON.stringify({ code: 'SSE_SOURCE_FAILED' });
    const retry = onError === 'retry' ? jitter(this.settings.connections.retry, 0.5, 0.5) : undefined;
    this.connection.deliverControl(frameOf({ type: 'sse:error', data, retry }, { isControl: true }));
    this.connection.finish({ reason: 'error', manner: onError === 'end' ? 'for-good' : 'plain' });
  }

  /** Of a raw stream, in which nothing of ours is said. */
  private get failureManner(): EndManner {
    if (this.settings.interruption) return 'plain';
    return this.settings.options.onError === 'end' && this.isGet ? 'for-good' : 'cut';
  }

  private get isGet(): boolean {
    return this.connection.isGet;
  }

  private completion({ onComplete = this.isGet ? 'end' : 'close' }: SseStreamOptions): Ending {
    if (onComplete === 'end') return { reason: 'completed', manner: 'for-good' };
    if (onComplete === 'close') return { reason: 'completed', manner: 'plain' };
    return { reason: 'completed', manner: 'for-good', event: this.settings.encoder.serialise(onComplete.event) };
  }

  /** Bytes, such as the body of a `fetch()`, are text whose characters may be cut anywhere. */
  protected textOf(bytes: Uint8Array): string {
    this.decoder ??= new TextDecoder();
    return this.decoder.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { stream: true });
  }

  private nextBytes(bytes: Uint8Array): void {
    const text = this.textOf(bytes);
    if (text !== '') this.connection.deliver(this.settings.encoder.encode({ data: text }, monotonicNow()));
  }
}
