import { monotonicNow } from '../connections/monotonic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { isExplicitEvent, type SseEvent } from '../protocol/sse-event.js';
import { SseEventError } from '../protocol/sse-event-error.js';
import { type Framing, type StreamPreset } from './presets/stream-preset.js';
import { type RouteSettings } from './stream-route.js';
import { StreamSink } from './stream-sink.js';

/**
 * The sink of a stream with a preset: what a source yields is text or a chunk of the protocol, and never one of our events,
 * of which some chunks have all the keys.
 */
export class PresetSink extends StreamSink {
  private readonly framing: Framing;

  constructor(connection: SseConnection, settings: RouteSettings, source: object, preset: StreamPreset) {
    super(connection, settings, source);
    this.framing = preset.framing();
  }

  override next(value: unknown): void {
    try {
      this.deliverAll(this.eventsOf(value));
    } catch (error) {
      this.error(error);
    }
  }

  override complete(): void {
    try {
      this.deliverAll(this.framing.end());
    } catch (error) {
      this.error(error);
      return;
    }
    super.complete();
  }

  private eventsOf(value: unknown): readonly SseEvent[] {
    if (typeof value === 'string') return this.framing.text(value);
    if (value instanceof Uint8Array) return this.framing.text(this.textOf(value));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw noChunk(value, this.settings);
    return isExplicitEvent(value) ? [value] : this.framing.chunk(value);
  }

  private deliverAll(events: readonly SseEvent[]): void {
    const { encoder } = this.settings;
    for (const event of events) this.connection.deliver(encoder.encode(event, monotonicNow()));
  }
}

function noChunk(value: unknown, { options }: RouteSettings): SseEventError {
  const what = Array.isArray(value) ? 'an array' : value === undefined || value === null ? String(value) : typeof value;
  return new SseEventError(
    'SSE_EVENT_DATA',
    `The source of a stream with the preset '${String(options.preset)}' yielded ${what}: yield text, or chunks of its protocol.`,
  );
}
