import { type Type } from '@nestjs/common';
import { type ApiResponseSchemaHost } from '@nestjs/swagger';
import { type AnyEvents } from '../index.js';

/** A schema of OpenAPI, or a reference to one. */
export type ApiSchema = ApiResponseSchemaHost['schema'];

/**
 * What the data of an event looks like:
 *
 * - a class, as `@ApiProperty()` describes it, or one in brackets, `[MessageDto]`, for a list of them
 * - `String`, `Number`, `Boolean` or `Date`
 * - a schema
 * - `null` where an event has no data
 */
export type ApiSsePayload<Data = unknown> =
  | Type<Data>
  | (Data extends readonly (infer Item)[] ? readonly [Type<Item>] : readonly [Type])
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor
  | DateConstructor
  | ApiSchema
  | null;

/** The status with which a stream may be refused, before it opens. */
export type ApiSseRefusal = 400 | 401 | 403 | 404 | 406 | 429 | 503;

/** What `@ApiSseStream()` tells of a stream. */
export interface ApiSseStreamOptions<E = AnyEvents> {
  /** The events of the stream: the data of each by its type. An event without a type is a `message` to clients. */
  events: { readonly [T in keyof E]: ApiSsePayload<E[T]> };
  /** What the stream is about, in Markdown. Default: `Server-sent events.` */
  description?: string;
  /**
   * Tells of the `sse:` events of the library, too: leave it out for streams with `format: 'raw'`, which get none of them.
   * Default: true.
   */
  libraryEvents?: boolean;
  /** Tells of the `Last-Event-ID` header and the `lastEventId` of the query, from which a stream goes on. Default: true. */
  lastEventId?: boolean;
  /** The refusals that a client has to expect, such as `[401, 503]`. Default: none. */
  refusals?: readonly ApiSseRefusal[];
  /**
   * The version of your document. Since 3.2 OpenAPI has a word for the events of a stream, `itemSchema`, and another for
   * JSON as text, `contentSchema`. Before, `schema` stands for one event and its data, as most tools read it.
   * Default: `3.0`.
   */
  openapi?: '3.0' | '3.1' | '3.2';
}
