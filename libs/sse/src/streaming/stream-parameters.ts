import 'reflect-metadata';
import { type SseConnection } from '../connections/sse-connection.js';

/** What a handler's parameters can be filled with. */
export interface StreamArguments {
  readonly connection: SseConnection;
  /** The client's cursor, if it has one. */
  readonly lastEventId: string | undefined;
}

interface StreamParameter {
  readonly index: number;
  readonly valueOf: (from: StreamArguments) => unknown;
}

const PARAMETERS = Symbol('sse:parameters');

/**
 * The {@link SseConnection} of this stream. What is sent to it before the stream opens is delivered then.
 *
 * @example
 * @SseStream('events')
 * events(@CurrentConnection() connection: SseConnection) {
 *   connection.send({ type: 'welcome', data: { connectionId: connection.id } });
 *   return channels('news');
 * }
 */
export function CurrentConnection(): ParameterDecorator {
  return streamParameter(({ connection }) => connection);
}

/** The id of the last event that the client has, by its `Last-Event-ID`; `undefined` if it has none. */
export function LastEventId(): ParameterDecorator {
  return streamParameter(({ lastEventId }) => lastEventId);
}

/** An AbortSignal that is aborted the moment the connection ends, for whatever reason. */
export function SseSignal(): ParameterDecorator {
  return streamParameter(({ connection }) => connection.signal);
}

/** Sets the decorated parameters in a handler's arguments. */
export function fillStreamParameters(
  parameters: readonly StreamParameter[],
  args: unknown[],
  from: StreamArguments,
): void {
  for (const { index, valueOf } of parameters) args[index] = valueOf(from);
}

/** The decorated parameters of a handler. */
export function parametersOf(target: object, key: string | symbol): readonly StreamParameter[] {
  return (Reflect.getMetadata(PARAMETERS, target, key) as StreamParameter[] | undefined) ?? [];
}

/** Only records where the value goes: the handler's wrapper fills it in, after admission. */
function streamParameter(valueOf: StreamParameter['valueOf']): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new TypeError('This decorator is for the parameters of @SseStream() methods only.');
    Reflect.defineMetadata(PARAMETERS, [...parametersOf(target, key), { index, valueOf }], target, key);
  };
}
