import { type ConnectionRow } from './answers.js';
import { bytes, clock, count, milliseconds } from './format.js';
import { type Column } from './table-rows.js';

const DAY = 86_400_000;

export const CONNECTION_COLUMNS: readonly Column<ConnectionRow>[] = [
  { title: 'User', sort: 'user', text: userText },
  { title: 'Address', sort: 'address', text: ({ address }) => address, isMinor: true },
  { title: 'Open since', sort: 'opened', text: ({ openedAt }) => moment(openedAt), isMinor: true },
  { title: 'Channels', sort: 'channels', text: ({ channels }) => count(channels), isNumber: true, isMinor: true },
  { title: 'Events', sort: 'events', text: ({ events }) => count(events), isNumber: true },
  { title: 'Bytes', sort: 'bytes', text: (row) => bytes(row.bytes), isNumber: true, isMinor: true },
  { title: 'Dropped', sort: 'dropped', text: ({ dropped }) => count(dropped), isNumber: true, isMinor: true },
  { title: 'Queue', sort: 'queued', text: ({ queued }) => count(queued), isNumber: true },
  { title: 'Held bytes', sort: 'held', text: ({ heldBytes }) => bytes(heldBytes), isNumber: true, isMinor: true },
  { title: 'Lag', sort: 'lag', text: ({ lag }) => milliseconds(lag), isNumber: true },
  { title: 'State', text: stateText, isMinor: true },
];

/** Whose connection it is. */
export function userText({ userId }: ConnectionRow): string {
  return userId ?? 'nobody';
}

export function stateText({ blocked, behind }: ConnectionRow): string {
  if (blocked) return 'does not read';
  return behind ? 'catching up' : 'reading';
}

/** When it was, the shorter the nearer it is. */
export function moment(time: number): string {
  if (Date.now() - time < DAY) return clock(time);
  return new Date(time).toLocaleString('en-GB', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}
