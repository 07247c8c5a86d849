/**
 * What happens when a client reads too slowly and its queue is full:
 *
 * - `catch-up` (default): it is given the rest from the channel's history once it reads again. Where there is no
 *   history, as `drop-oldest`.
 * - `drop-oldest`: the oldest waiting event makes room.
 * - `drop-newest`: the event that finds no room is left out.
 * - `conflate`: the waiting event of the same key, or of the same type where there is no key, makes room; if there is
 *   none, the oldest.
 * - `disconnect`: the connection is closed with the reason `overflow`.
 *
 * What was left out is counted, and told to the client by `sse:dropped` once it reads again.
 */
export type OverflowPolicy = 'catch-up' | 'drop-oldest' | 'drop-newest' | 'disconnect' | 'conflate';
