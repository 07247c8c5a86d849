import { ClientWalk } from './client-walk.js';
import { Completeness } from './completeness.js';
import { positionOf } from './position.js';
import { type Publication } from './publication.js';
import { RecordedLog } from './recorded-log.js';
import { type Trace } from './trace.js';
import { type Violation } from './violation.js';

/** Everything that is known when a seed has ended. */
export interface Evidence {
  readonly publications: readonly Publication[];
  readonly traces: readonly Trace[];
  /** When the engine lost data, on the clock of the publications; what waited in queues until then is gone. */
  readonly lostDataAt?: number;
}

/**
 * Compares what each client got with what was accepted. It knows nothing of faults or nodes: whatever happened, the
 * promise is the same.
 */
export function judge({ publications, traces, lostDataAt = -Infinity }: Evidence): Violation[] {
  const log = new RecordedLog(publications, traces);
  const clients = traces.map((trace) => ({ trace, walk: new ClientWalk(trace, log) }));
  // What was sent before may have been accepted by who is dead now, whenever his answer was read.
  const queued = publications.filter(({ queued, sentAt }) => queued && sentAt > lostDataAt);
  return [
    ...log.violations,
    ...clients.flatMap(({ trace, walk }) => [...walk.violations, ...new Completeness(trace, log, walk).violations]),
    ...queued.flatMap((publication) => checkTaken(publication, clients)),
  ];
}

/** A queued message that was accepted reaches at least one client of its user. */
function checkTaken(publication: Publication, all: { trace: Trace; walk: ClientWalk }[]): Violation[] {
  if (publication.id === undefined || !positionOf(publication.id)) return [];
  const clients = all.filter(({ trace }) => trace.channels.includes(publication.channel));
  const isTaken = clients.some(({ walk }) => walk.delivered.has(publication.token));
  const isSwallowed = clients.some(({ trace }) => (trace.swallowedUntil ?? -Infinity) >= publication.sentAt);
  if (isTaken || isSwallowed || !clients.some(({ trace }) => trace.survived)) return [];
  const text = `event ${publication.token} waited for ${publication.channel} and reached none of its clients`;
  return [{ kind: 'not-taken', text, token: publication.token }];
}
