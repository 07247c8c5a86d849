import { compressed } from './compressed.js';
import { heartbeats } from './heartbeats.js';
import { idleConnections } from './idle-connections.js';
import { oneEvent } from './one-event.js';
import { neverReading } from './never-reading.js';
import { onePort } from './one-port.js';
import { opening } from './opening.js';
import { returning } from './returning.js';
import { sharedSubject } from './shared-subject.js';
import { tenEvents } from './ten-events.js';
import { twoNodes } from './two-nodes.js';
import { type Work } from './work.js';

/** In the order in which they run. */
export const works: readonly Work[] = [
  oneEvent,
  tenEvents,
  sharedSubject,
  idleConnections,
  compressed,
  heartbeats,
  neverReading,
  returning,
  twoNodes,
  opening,
  onePort,
];
