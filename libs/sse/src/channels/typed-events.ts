import { type SseEvent } from '../protocol/sse-event.js';

/** The events of a channel of which no types are known: all that are events at all. */
export type AnyEvents = Record<string, unknown>;

/** The type of an application's event: those of the library begin with `sse:`. */
type ApplicationType<E> = Exclude<keyof E & string, `sse:${string}`>;

/** Data may be left out where it may be `undefined`. Ids belong to the backplane. */
type TypedEvent<T, Data> = { type: T; retry?: number; comment?: string } & (undefined extends Data
  ? { data?: Data }
  : { data: Data });

/**
 * An event of a typed channel: a type that it has, with the data that belongs to it. `E` maps types to data. Where `E` is
 * nothing in particular it is any `SseEvent`.
 *
 * @example
 * connection.send({ type: 'message', data: message } satisfies EventOf<RoomEvents>);
 */
export type EventOf<E> = string extends keyof E
  ? SseEvent
  : { [T in ApplicationType<E>]: TypedEvent<T, E[T]> }[ApplicationType<E>];
