import { Buffer } from 'node:buffer';
import { type ChannelMessage } from './channel-message.js';

/** What the objects of one message take beside its text, its place in lists included (a heap of a million of them). */
const OVERHEAD = 384;
/** One id in a list of exclusions. */
const EXCLUSION = 48;

/** The memory that a kept message takes, estimated: bounds in bytes go by it. */
export function messageBytes({ channel, data, comment, type, key, except }: ChannelMessage): number {
  let bytes = OVERHEAD + channel.length + (type?.length ?? 0) + (key?.length ?? 0);
  if (data !== undefined) bytes += Buffer.byteLength(data);
  if (comment !== undefined) bytes += Buffer.byteLength(comment);
  if (except) bytes += EXCLUSION * ((except.connections?.length ?? 0) + (except.users?.length ?? 0));
  return bytes;
}
