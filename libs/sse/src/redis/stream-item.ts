import { type ChannelMessage } from '../backplane/channel-message.js';
import { type PresenceEvent } from '../backplane/presence-port.js';
import { type LogState } from './log-knowledge.js';

/** A message of the log on its way to the nodes. */
export interface RecordedItem extends LogState {
  readonly kind: 'recorded';
  readonly channel: string;
  /** The number before it in its channel. */
  readonly previous: number;
  readonly message: ChannelMessage;
}

/** What is not in the log: an ephemeral message, somebody who comes or goes. */
export interface PassingItem {
  readonly kind: 'ephemeral' | 'presence';
  readonly channel: string;
  readonly message?: ChannelMessage;
  readonly event?: PresenceEvent;
}

/** What a node sent to itself, to know that it has everything up to a number. */
export interface Mark extends LogState {
  readonly kind: 'mark';
  readonly token: string;
  /** Of everything up to here it says which channels moved. */
  readonly through: number;
  /** Channels that moved since the node last looked, with their last numbers. */
  readonly moved: ReadonlyMap<string, number>;
  /** Channels that the node has just subscribed to, with their last numbers. */
  readonly joining: ReadonlyMap<string, number>;
}

export type StreamItem = RecordedItem | PassingItem | Mark;

// The first character is the version: what has another one is of another version of this library.
const RECORDED = /^1m (\d{1,16}) ([0-9A-Za-z]{1,32}) (\d{1,16}) (\d{1,16}) /;
const PRESENCE = /^1p (join|leave) /;
const MARK = /^1s (\d{1,16}) ([0-9A-Za-z]{1,32}) (\d{1,16}) ([0-9A-Za-z]+) (\d{1,16}) /;

/** What arrived on the topic of a channel; nothing if it is none of ours, or of a version that is not known here. */
export function readChannelItem(channel: string, text: string): RecordedItem | PassingItem | undefined {
  const header = RECORDED.exec(text);
  if (header) {
    const [all, generation, epoch = '', sequence, previous] = header;
    const message = readMessage(channel, text.slice(all.length));
    if (!message) return undefined;
    const state = { generation: Number(generation), epoch, sequence: Number(sequence) };
    return { kind: 'recorded', channel, ...state, previous: Number(previous), message };
  }
  if (text.startsWith('1e ')) {
    const message = readMessage(channel, text.slice(3));
    return message && { kind: 'ephemeral', channel, message };
  }
  const [all, type] = PRESENCE.exec(text) ?? [];
  if (all === undefined) return undefined;
  return {
    kind: 'presence',
    channel,
    event: { type: type as 'join' | 'leave', channel, userId: text.slice(all.length) },
  };
}

/** What arrived on the topic of the node itself. */
export function readMark(text: string): Mark | undefined {
  const header = MARK.exec(text);
  if (!header) return undefined;
  const [all, generation, epoch = '', sequence, token = '', through] = header;
  const lists = parse(text.slice(all.length));
  if (!Array.isArray(lists)) return undefined;
  const [moved, joining] = lists.map(numbersOf);
  if (!moved || !joining) return undefined;
  const state = { generation: Number(generation), epoch, sequence: Number(sequence) };
  return { kind: 'mark', ...state, token, through: Number(through), moved, joining };
}

/** A message from its JSON, whoever wrote that. */
export function readMessage(channel: string, json: string): ChannelMessage | undefined {
  const value = parse(json) as Partial<ChannelMessage> | null | undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { type, data, comment, key } = value;
  const isText = [type, data, comment, key].every((field) => field === undefined || typeof field === 'string');
  return isText ? { ...value, channel } : undefined;
}

function numbersOf(list: unknown): Map<string, number> | undefined {
  if (!Array.isArray(list)) return undefined;
  const numbers = new Map<string, number>();
  for (let index = 0; index + 1 < list.length; index += 2) numbers.set(String(list[index]), Number(list[index + 1]));
  return numbers;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
