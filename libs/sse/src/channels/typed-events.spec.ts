import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { type SseEvent } from '../protocol/sse-event.js';
import { type Channel, defineChannel } from './channel.js';
import { channels } from './channel-subscription.js';
import { type SseBroadcaster } from './sse-broadcaster.js';
import { type EventOf } from './typed-events.js';

/** What a reader's code would have: an interface, which has no index signature. */
interface RoomEvents {
  message: { text: string };
  typing: { user: string };
  cleared: undefined;
  topic: string | undefined;
}

const room = defineChannel('room.:id').events<RoomEvents>();
const typesFirst = defineChannel<RoomEvents>('room.:id');
const untyped = defineChannel('room.:id');
const news = defineChannel('news', { presence: true }).events<{ headline: string }>();
const two = defineChannel('tenant.:tenant_id.room.:roomId2.:1.x').events<RoomEvents>();

/**
 * Nothing here runs: `npm run typecheck` is the test. A line below a `@ts-expect-error` that compiles is an error there.
 */
export function mustNotCompile(sse: SseBroadcaster) {
  const lobby = room({ id: 'lobby' });
  const text = { text: 'hi' };

  return [
    () => sse.toChannel(lobby, { type: 'message', data: text }, { ephemeral: true }),
    () => sse.toChannel(lobby, { type: 'typing', data: { user: 'ann' }, retry: 5, comment: 'x' }),
    () => sse.toChannel(typesFirst({ id: 1 }), { type: 'message', data: text }),
    () => sse.toChannel(two({ tenant_id: 'a', roomId2: 7 }), { type: 'message', data: text }),

    // Data may be left out only where it may be undefined.
    () => sse.toChannel(lobby, { type: 'cleared' }),
    () => sse.toChannel(lobby, { type: 'topic', data: 'x' }),
    () => sse.toChannel(lobby, { type: 'topic' }),
    // @ts-expect-error -- a message without its data
    () => sse.toChannel(lobby, { type: 'message' }),
    // @ts-expect-error -- data of what has none
    () => sse.toChannel(lobby, { type: 'cleared', data: text }),

    // @ts-expect-error -- the name of an event that the channel does not have
    () => sse.toChannel(lobby, { type: 'mesage', data: text }),
    // @ts-expect-error -- the data of another event
    () => sse.toChannel(lobby, { type: 'typing', data: text }),
    // @ts-expect-error -- a payload that lacks a property
    () => sse.toChannel(lobby, { type: 'message', data: {} }),
    // @ts-expect-error -- a payload with one too many
    () => sse.toChannel(lobby, { type: 'message', data: { text: 'hi', room: 'lobby' } }),
    // @ts-expect-error -- no type: which event is it?
    () => sse.toChannel(lobby, { data: text }),
    // @ts-expect-error -- an id, which belongs to the backplane
    () => sse.toChannel(lobby, { type: 'message', data: text, id: '7' }),
    // @ts-expect-error -- the types told first are checked as well
    () => sse.toChannel(typesFirst({ id: 1 }), { type: 'message', data: {} }),
    // @ts-expect-error -- a family is no channel
    () => sse.toChannel(room, { type: 'message', data: text }),

    // @ts-expect-error -- no parameters
    () => room(),
    // @ts-expect-error -- not all of them
    () => two({ tenant_id: 'a' }),
    // @ts-expect-error -- another one
    () => room({ room: 'lobby' }),
    // @ts-expect-error -- one too many
    () => room({ id: 'lobby', room: 'lobby' }),
    // @ts-expect-error -- an object, which is no name
    () => room({ id: { name: 'lobby' } }),
    // @ts-expect-error -- the pattern has none
    () => news({ id: 1 }),
    // @ts-expect-error -- an untyped family knows its parameters too
    () => untyped({ name: 'lobby' }),
    () => [news(), untyped({ id: 1 }), typesFirst({ anything: 'goes' })],

    // A name alone says nothing about its events.
    () => sse.toChannel('room.lobby', { type: 'whatever', data: 7, id: undefined }),
    () => sse.toChannel('room.lobby', { data: text }),
    () => sse.toChannel(untyped({ id: 1 }), { comment: 'x' }),
    () => sse.toChannel({ name: 'room.lobby' }, { data: 7 }),
    // @ts-expect-error -- but it has to be an event
    () => sse.toChannel('room.lobby', { text: 'hi' }),
    (channel: string | Channel<RoomEvents>) => sse.toChannel(channel, { type: 'message', data: text }),
    // @ts-expect-error -- it may be the typed one
    (channel: string | Channel<RoomEvents>) => sse.toChannel(channel, { type: 'other' }),

    // Whoever sends by other ways says so.
    () => sse.toUser('ann', { type: 'message', data: text } satisfies EventOf<RoomEvents>),
    // @ts-expect-error -- a payload that lacks a property
    () => sse.toUser('ann', { type: 'message', data: {} } satisfies EventOf<RoomEvents>),
    // @ts-expect-error -- a name of ours
    () => ({ type: 'sse:end', data: text }) satisfies EventOf<{ message: string; 'sse:end': typeof text }>,
  ];
}

describe('the types of events', () => {
  it('are those of the channel', () => {
    expectTypeOf<EventOf<RoomEvents>['type']>().toEqualTypeOf<'message' | 'typing' | 'cleared' | 'topic'>();
    expectTypeOf<Extract<EventOf<RoomEvents>, { type: 'message' }>['data']>().toEqualTypeOf<{ text: string }>();
    expectTypeOf(room).returns.toEqualTypeOf<Channel<RoomEvents>>();
    expectTypeOf(typesFirst).returns.toEqualTypeOf<Channel<RoomEvents>>();
  });

  it('leave out names of the library', () => {
    expectTypeOf<EventOf<{ a: 1; 'sse:open': 2 }>['type']>().toEqualTypeOf<'a'>();
  });

  it('are any where nothing is known', () => {
    expectTypeOf<EventOf<Record<string, unknown>>>().toEqualTypeOf<SseEvent>();
    expectTypeOf<EventOf<NonNullable<ReturnType<typeof untyped>['events']>>>().toEqualTypeOf<SseEvent>();
  });

  it("are the compiler's alone: the family is the same", () => {
    expect(news()).toEqual(defineChannel('news', { presence: true })());
    expect(two({ tenant_id: 'a', roomId2: 7 })).toEqual({ name: 'tenant.a.room.7.:1.x', presence: false });
  });

  it('do not matter to a stream of channels', () => {
    expect(channels(room({ id: 1 }), news(), 'other').names).toEqual(['room.1', 'news', 'other']);
  });
});
