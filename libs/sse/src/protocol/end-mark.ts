/**
 * EventSource has no word for "do not come back": it reconnects after every end of a stream, unless the reconnect is
 * answered 204. So a stream that ended for good leaves a mark in the client's cursor, by which its reconnect is known:
 * `<cursor>~end.<reason>.<stamp>`. The stamp tells when and on which path, since elsewhere or later the same cursor is
 * an ordinary one: a client that stores its last id must not be locked out for ever.
 *
 * The mark is a courtesy to the client, not a guard: whoever forges one only ends his own stream.
 */
export interface EndMark {
  /** The last id that the client had before the mark; empty if it had none. */
  readonly cursor: string;
  readonly reason: string;
  /** The path of the stream's URL. */
  readonly path: string;
  /** Seconds since 1970. Wall-clock time, since a mark outlives the process that made it. */
  readonly seconds: number;
}

/** 24 hours, in seconds. */
const VALID_FOR = 86_400;
/** Clocks of nodes differ a little: a mark may come from this many seconds ahead. */
const CLOCK_SKEW = 300;
const MARK = /^(.*)~end\.([a-z-]+)\.([0-9a-z]{1,9})-([0-9a-z]{1,8})$/s;

export function formatEndMark({ cursor, reason, path, seconds }: EndMark): string {
  return `${cursor}~end.${reason}.${seconds.toString(36)}-${pathStamp(path)}`;
}

/** The parts of a `Last-Event-ID`: the cursor that the application knows, and whether the stream on this path is over. */
export function readEndMark(lastEventId: string, path: string, seconds: number): { cursor: string; ended: boolean } {
  const match = MARK.exec(lastEventId);
  if (!match) return { cursor: lastEventId, ended: false };
  const [, cursor = '', , stamp = '', markedPath] = match;
  const age = seconds - Number.parseInt(stamp, 36);
  return { cursor, ended: markedPath === pathStamp(path) && age <= VALID_FOR && age >= -CLOCK_SKEW };
}

/** FNV-1a of 32 bits: tells paths apart, and hides nothing. */
function pathStamp(path: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < path.length; index++) {
    hash = Math.imul(hash ^ path.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
