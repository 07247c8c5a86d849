import { SseError } from '../protocol/sse-error.js';

/** Names of at most this many characters. */
const MAX_LENGTH = 255;

/** What is wrong with the name of an application's channel, if anything is. */
export function channelNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return 'A channel name must be a string that is not empty.';
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
  if (name.length > MAX_LENGTH) {
    return `The channel name ${shown} has ${name.length} characters: use ${MAX_LENGTH} at most.`;
  }

  if (/[\u0000-\u001f\u007f]/.test(name)) return `The channel name ${shown} has control characters: remove them.`;
  if (name.startsWith('$')) {
    return `The channel name ${shown} begins with "$", which is kept for audiences: use broadcast(), toUser() or toPermission().`;
  }
  return undefined;
}

/** @throws SseError if it is no name for an application's channel */
export function checkChannelName(name: string): void {
  const problem = channelNameProblem(name);
  if (problem) throw new SseError('SSE_CHANNEL_NAME', problem);
}
