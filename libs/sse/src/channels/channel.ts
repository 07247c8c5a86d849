import { SseError } from '../protocol/sse-error.js';

/** A channel by its name, with the types of its events: `E` maps an event's type to its data. */
export interface Channel<E = Record<string, unknown>> {
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

/** An event of a typed channel: a type that it has, with the data that belongs to it. */
export type EventOf<E> = {
  [T in keyof E & string]: { type: T; data: E[T]; retry?: number; comment?: string };
}[keyof E & string];

/** The values of a pattern's parameters, by name. */
export type ChannelParameters = Readonly<Record<string, string | number>>;

const PARAMETER = /:([A-Za-z_]\w*)/g;

/**
 * Names a family of channels and the types of its events. What stands for a parameter is escaped, so that no value of
 * it (a room that a user named `a.b`) is mistaken for another part of the name.
 *
 * @example
 * const roomChannel = defineChannel<{ message: ChatMessage; typing: { user: string } }>('room.:id');
 * await broadcaster.toChannel(roomChannel({ id: '42' }), { type: 'message', data: message });
 */
export function defineChannel<E>(
  pattern: string,
  { presence = false }: ChannelOptions = {},
): (parameters?: ChannelParameters) => Channel<E> {
  return (parameters = {}) => ({
    presence,
    name: pattern.replace(PARAMETER, (_, key: string) => {
      const value = Object.hasOwn(parameters, key) ? String(parameters[key]) : '';
      if (value === '') {
        throw new SseError('SSE_CHANNEL_NAME', `The channel ${pattern} needs a value for :${key}, which is empty.`);
      }
      return escape(value);
    }),
  });
}

export function channelName(channel: string | NamedChannel): string {
  return typeof channel === 'string' ? channel : channel.name;
}

function escape(value: string): string {
  return value.replace(/[.%:$\u0000-\u001f\u007f]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
