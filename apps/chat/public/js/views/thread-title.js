import { CONNECTION_TEXTS } from './connection.js';
import { byId } from './element.js';

/** What is open, and who of it is here: as long as that is known. */
export function showTitle({ active, people, connection }) {
  byId('thread-title').textContent = active?.label ?? 'Welcome';
  const line = byId('thread-subtitle');
  line.dataset.state = connection;
  if (connection !== 'connected') line.textContent = CONNECTION_TEXTS[connection];
  else line.textContent = active ? subtitle(active, people) : '';
  byId('leave-room').hidden = active?.kind !== 'room';
}

function subtitle(thread, people) {
  if (thread.kind === 'direct') return people.has(thread.id) ? 'here now' : 'not here at the moment';
  return thread.people.count === 1 ? '1 person here' : `${thread.people.count} people here`;
}
