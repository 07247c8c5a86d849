import { setTimeout as delay } from 'node:timers/promises';
import { type SseTestClient, type SseTestEvent, type SseTestInit } from 'nestjs-event-stream/testing';

const PATIENCE = 5_000;

/** How a browser says where it stands when it comes back. */
export function from(lastEventId: string): SseTestInit {
  return { headers: { 'last-event-id': lastEventId } };
}

/** Waits until the client's cursor fulfils the condition, by default until it has one. A block that moves it fires no event. */
export async function cursorOf(
  client: Pick<SseTestClient, 'lastEventId'>,
  isIt = (id: string) => id !== '',
): Promise<string> {
  const deadline = performance.now() + PATIENCE;
  while (!isIt(client.lastEventId)) {
    if (performance.now() > deadline)
      throw new Error(`The cursor is ${JSON.stringify(client.lastEventId)} for too long`);
    await delay(2);
  }
  return client.lastEventId;
}

export function sequenceOf(id: string | undefined): number {
  return Number(/-(\d+)$/.exec(id ?? '')?.[1]);
}

export function epochOf(id: string | undefined): string {
  return /^(.*)-\d+$/.exec(id ?? '')?.[1] ?? '';
}

export function idsOf(events: readonly { readonly id?: string }[]): (string | undefined)[] {
  return events.map(({ id }) => id);
}

/** An event of this library that names channels. */
export function resetOf(event: SseTestEvent | undefined): {
  reason: string;
  channels: string[];
  id: string | undefined;
} {
  if (event?.type !== 'sse:reset') throw new Error(`Not a reset: ${JSON.stringify(event)}`);
  const { reason, channels } = event.json<{ reason: string; channels: string[] }>();
  return { reason, channels: channels.toSorted(), id: event.id };
}
