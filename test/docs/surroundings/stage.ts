import { type INestApplication } from '@nestjs/common';
import { type SseBroadcaster, type SseClock, type SseConnection, type SsePresence } from 'nestjs-event-stream';
import { type SseTestClient } from 'nestjs-event-stream/testing';

/** A running application, as statements of a document use it. Each example has one of its own. */
export let app: INestApplication;
/** Of that application. */
export let sse: SseBroadcaster;
/** The same. */
export let broadcaster: SseBroadcaster;
/** Of that application. */
export let presence: SsePresence;
/** An open stream of its `/news/events`, on which {@link EVENTS} have come. */
export let client: SseTestClient;
/** The same stream, as the application sees it. */
export let connection: SseConnection;
/** Of that application. */
export let clock: SseClock;
/** A stream of its `/feed` that is closed again. */
export let earlier: SseTestClient;
/** What its `/admin/events` has answered. */
export let refused: SseTestClient;
/** Where it listens. */
export let url: string;

/** @internal */
export interface StageSetting {
  app: INestApplication;
  sse: SseBroadcaster;
  presence: SsePresence;
  client: SseTestClient;
  clock: SseClock;
  connection: SseConnection;
  earlier: SseTestClient;
  refused: SseTestClient;
  url: string;
}

/** What `client` was sent. */
export const EVENTS = [
  { type: 'price', data: { amount: 120 } },
  { type: 'price', data: { amount: 90 } },
  { type: 'price', data: { amount: 95 } },
  { type: 'done', data: 'done' },
  { type: 'price', data: { amount: 130 } },
];

/** As in a page: a path is one of that application. */
export const fetch: typeof globalThis.fetch = (input, init) =>
  globalThis.fetch(typeof input === 'string' ? new URL(input, url) : input, init);

/** Before an example is loaded: it sees these as its own. */
export function setStage(setting: StageSetting): void {
  ({ app, sse, presence, client, clock, connection, earlier, refused, url } = setting);
  broadcaster = sse;
}
