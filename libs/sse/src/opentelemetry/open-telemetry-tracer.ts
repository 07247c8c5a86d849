import { type Span, type SpanKind } from '@opentelemetry/api';
import { type SseOperation, type SseOperationNote, type SseTracer } from '../index.js';
import { loadOpenTelemetry, type OpenTelemetry } from './open-telemetry-package.js';

/**
 * A span for each stream that opens (`sse.open`, the handler within it) and for each event that is published
 * (`sse.publish`), by the application's own OpenTelemetry SDK. Without an SDK these are no spans, and cost next to nothing.
 *
 * The spans name routes (`sse.route`), channels (`messaging.destination.name`, with the user's id in `$user.…`) and
 * connections (`sse.connection.id`), and never data.
 *
 * @throws SseError if the package `@opentelemetry/api` is not installed
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * @example
 * SseModule.forRoot({ tracer: openTelemetryTracer() })
 */
export function openTelemetryTracer(): SseTracer {
  return new OpenTelemetryTracer(loadOpenTelemetry());
}

class OpenTelemetryTracer implements SseTracer {
  constructor(private readonly api: OpenTelemetry) {}

  trace<T>(operation: SseOperation, run: (note: SseOperationNote) => Promise<T>): Promise<T> {
    const { name, attributes } = operation;
    const tracer = this.api.trace.getTracer('nestjs-event-stream');
    return tracer.startActiveSpan(name, { kind: this.kindOf(operation), attributes: { ...attributes } }, (span) =>
      this.run(span, run),
    );
  }

  private async run<T>(span: Span, run: (note: SseOperationNote) => Promise<T>): Promise<T> {
    try {
      return await run((attribute, value) => span.setAttribute(attribute, value));
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: this.api.SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  private kindOf({ name }: SseOperation): SpanKind {
    return name === 'sse.publish' ? this.api.SpanKind.PRODUCER : this.api.SpanKind.INTERNAL;
  }
}
