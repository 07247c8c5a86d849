import { type SseConnection } from '../connections/sse-connection.js';
import { subscribeTo } from './observable-feed.js';
import { feedIterable } from './iterable-feed.js';
import { type FedSource } from './source.js';
import { PresetSink } from './preset-sink.js';
import { StreamSink } from './stream-sink.js';
import { type RouteSettings } from './stream-route.js';

/** Starts what a handler returned on its way into the connection, which ends with it. */
export function feed(source: FedSource, connection: SseConnection, settings: RouteSettings): void {
  if (source.kind === 'observable') {
    subscribeTo(source.observable, sinkFor(connection, settings, source.observable));
  } else {
    void feedIterable(source.iterator, sinkFor(connection, settings, source.iterator));
  }
}

function sinkFor(connection: SseConnection, settings: RouteSettings, source: object): StreamSink {
  const { preset } = settings;
  return preset ? new PresetSink(connection, settings, source, preset) : new StreamSink(connection, settings, source);
}
