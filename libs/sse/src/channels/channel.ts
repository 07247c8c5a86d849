import { SseError } from '../protocol/sse-error.js';

/** A channel by its name, with the types of its events: `E` maps an event's type to its data. */
export interface Channel<E = Record<string, unknown>> {
  readonly name: string;
  /** Only for the compiler: it carries `E`, and is never set. */
  readonly events?: E;
}

/** A channel of any events, as far as only its name matters. */
export type NamedChannel = Pick<Channel, 'name'>;

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
export function defineChannel<E>(pattern: string): (parameters?: ChannelParameters) => Channel<E> {
  return (parameters = {}) => ({
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
