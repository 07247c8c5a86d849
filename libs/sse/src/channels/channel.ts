import { SseError } from '../protocol/sse-error.js';
import { type ChannelParameters, type ParametersOf } from './channel-parameters.js';
import { type AnyEvents } from './typed-events.js';

/** A channel by its name, with the types of its events: `E` maps an event's type to its data. */
export interface Channel<E = AnyEvents> {
  /** What it is called, with the values of its parameters. */
  readonly name: string;
  /** Its streams are told who is in it. */
  readonly presence?: boolean;
  /** Only for the compiler: it carries `E`, and is never set. */
  readonly events?: E;
}

/** A channel of any events, as far as these do not matter. */
export type NamedChannel = Pick<Channel, 'name' | 'presence'>;

/** What is special about a family of channels. */
export interface ChannelOptions {
  /**
   * Streams that take the channel by `channels()` are told who is in it, and who comes and goes, by events of the type
   * `sse:presence`. Whoever may listen sees the user ids of all who do. Default: false.
   */
  presence?: boolean;
}

/**
 * The channels of a pattern, made by {@link defineChannel}: called with the values of its parameters, it is one of them.
 * `P` is the pattern where the compiler knows it, and then the parameters are checked.
 */
export interface ChannelFamily<E = AnyEvents, P extends string = string> {
  (...parameters: ParametersOf<P>): Channel<E>;
  /**
   * The same family, with the types of its events: what else is published to its channels does not compile.
   *
   * @example
   * const roomChannel = defineChannel('room.:id').events<{ message: ChatMessage; typing: { user: string } }>();
   */
  events<Events>(): ChannelFamily<Events, P>;
}

const PARAMETER = /:([A-Za-z_]\w*)/g;

/**
 * Names a family of channels and the types of its events. What stands for a parameter is escaped, so that no value of
 * it (a room that a user named `a.b`) is mistaken for another part of the name.
 *
 * The types may also be told at once, `defineChannel<RoomEvents>('room.:id')`. Then the compiler does not know the pattern,
 * and a parameter that is missing is found when the channel is named.
 *
 * @example
 * const roomChannel = defineChannel('room.:id').events<{ message: ChatMessage; typing: { user: string } }>();
 * await broadcaster.toChannel(roomChannel({ id: '42' }), { type: 'message', data: message });
 */
export function defineChannel<E = AnyEvents, P extends string = string>(
  pattern: P,
  { presence = false }: ChannelOptions = {},
): ChannelFamily<E, P> {
  const channelOf = (parameters: ChannelParameters = {}): Channel<E> => ({ presence, name: fill(pattern, parameters) });
  // The types are the compiler's alone: with others it is the same family.
  const family = Object.assign(channelOf, { events: () => family }) as unknown as ChannelFamily<E, P>;
  return family;
}

export function channelName(channel: string | NamedChannel): string {
  if (typeof channel === 'string') return channel;
  const given: unknown = channel;
  if (typeof given === 'object' && given !== null) return channel.name;
  // A function has a name as well.
  const message =
    typeof given === 'function'
      ? 'A family of channels is no channel: call it, with the values of its parameters if it has any.'
      : `${String(given)} is no channel: give its name. Does the request lack the parameter that it comes from?`;
  throw new SseError('SSE_CHANNEL_NAME', message);
}

function fill(pattern: string, parameters: ChannelParameters): string {
  return pattern.replace(PARAMETER, (_, key: string) => {
    const value = Object.hasOwn(parameters, key) ? String(parameters[key]) : '';
    if (value !== '') return escape(value);
    throw new SseError('SSE_CHANNEL_NAME', `The channel ${pattern} needs a value for :${key}, which is empty.`);
  });
}

function escape(value: string): string {
  return value.replace(/[.%:$\u0000-\u001f\u007f]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
