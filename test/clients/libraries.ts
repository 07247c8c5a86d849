import { createEventSource, type EventSourceClient } from 'eventsource-client';
import { EventSource } from 'eventsource';
import { type Listener, type StreamClient, TYPES } from './stream-client.js';

/** The package `eventsource`. */
export class EventSourcePackage implements StreamClient {
  private source: EventSource | undefined;

  async open(url: string, { got, gaveUp }: Listener): Promise<void> {
    const source = (this.source = new EventSource(url));
    for (const type of TYPES) {
      source.addEventListener(type, (event) => got({ type, data: event.data as string, id: event.lastEventId }));
    }
    source.addEventListener('error', () => source.readyState === EventSource.CLOSED && gaveUp());
  }

  close(): void {
    this.source?.close();
  }
}

/** The package `eventsource-client`. */
export class EventSourceClientPackage implements StreamClient {
  private source: EventSourceClient | undefined;

  async open(url: string, { got, gaveUp, willTryAgain }: Listener): Promise<void> {
    const source = createEventSource({
      url,
      onMessage: ({ event = 'message', data, id = '' }) => got({ type: event, data, id }),
      onScheduleReconnect: willTryAgain,
      // It is told of the end first, and closes itself then.
      onDisconnect: () => queueMicrotask(() => source.readyState === 'closed' && gaveUp()),
    });
    this.source = source;
  }

  close(): void {
    this.source?.close();
  }
}
