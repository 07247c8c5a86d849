/** Something that takes time and is worth a span. Never the delivery of an event to a connection: there are too many. */
export interface SseOperation {
  /** The opening of a stream, from its request to its head, the handler included; or the publication of one event. */
  readonly name: 'sse.open' | 'sse.publish';
  /** What is known of it at its beginning. */
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

/** Adds to an operation what turned out later. */
export type SseOperationNote = (attribute: string, value: string | boolean) => void;

/** Is told of operations as they begin and end: `openTelemetryTracer()` of `nestjs-event-stream/opentelemetry`, or your own. */
export interface SseTracer {
  /** Runs the operation, and gives back what it resolves or rejects with. */
  trace<T>(operation: SseOperation, run: (note: SseOperationNote) => Promise<T>): Promise<T>;
}
