import { type Publication } from './oracle/publication.js';
import { type Entry, type Trace } from './oracle/trace.js';

/** What a seed came to, in numbers. */
export interface Statistics {
  /** Publishes that were answered, and those whose outcome nobody was told. */
  readonly accepted: number;
  readonly unknown: number;
  /** Events that clients got. */
  readonly delivered: number;
  /** Connections of clients that came back with an id and were served. */
  readonly resumes: number;
  /** How many of those began with a reset. */
  readonly resumesReset: number;
  /** All resets, those of open streams too. */
  readonly resets: number;
  /** Events left out by policy, as clients were told. */
  readonly dropped: number;
}

export function statisticsOf(publications: readonly Publication[], traces: readonly Trace[]): Statistics {
  const accepted = publications.filter(({ answeredAt }) => answeredAt !== undefined).length;
  const entries = traces.flatMap((trace) => trace.entries);
  const resumes = traces.flatMap((trace) => connectionsOf(trace.entries)).filter(isResume);
  return {
    accepted,
    unknown: publications.length - accepted,
    delivered: entries.filter(({ what }) => what === 'event').length,
    resumes: resumes.length,
    resumesReset: resumes.filter((connection) => connection.some(({ what }) => what === 'reset')).length,
    resets: entries.filter(({ what }) => what === 'reset').length,
    dropped: entries.reduce((sum, entry) => sum + (entry.what === 'dropped' ? entry.count : 0), 0),
  };
}

function connectionsOf(entries: readonly Entry[]): Entry[][] {
  const connections: Entry[][] = [];
  for (const entry of entries) {
    if (entry.what === 'connect') connections.push([]);
    connections.at(-1)?.push(entry);
  }
  return connections;
}

function isResume([connect, ...seen]: readonly Entry[]): boolean {
  return connect?.what === 'connect' && connect.lastEventId !== '' && seen.some((entry) => 'id' in entry && entry.id);
}
