import { Thread } from './thread.js';

const ACTIVE = 'active-thread';

/** All that the page knows. Views ask to be called when it has changed; several changes in a row are one call. */
export class ChatState {
  me = undefined;
  /** `connecting`, `connected`, `reconnecting` or `ended`. */
  connection = 'connecting';
  /** Every room there is, by id: `{ id, name }`. */
  rooms = new Map();
  /** Everybody who is here, by user id. */
  people = new Map();
  /** The rooms that this person is in, and the conversations, by key. */
  threads = new Map();
  active = undefined;
  /** Once it had everything from the server: a conversation that appears later is new as a whole. */
  isSynchronised = false;

  #listeners = [];
  #scheduled = false;

  onChange(listener) {
    this.#listeners.push(listener);
  }

  changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener(this);
    });
  }

  room(roomId) {
    return this.threads.get(`room:${roomId}`);
  }

  /** The thread of a room that was joined; a new one is made where there is none yet. */
  joinRoom(roomId) {
    return this.#thread('room', roomId, this.rooms.get(roomId)?.name ?? 'Room');
  }

  conversation(person) {
    return this.#thread('direct', person.userId, person.name, this.isSynchronised);
  }

  drop(thread) {
    this.threads.delete(thread.key);
    if (this.active === thread) this.activate(this.threads.values().next().value);
    this.changed();
  }

  activate(thread) {
    this.active = thread;
    if (thread) {
      thread.unread = 0;
      sessionStorage.setItem(ACTIVE, thread.key);
    }
    this.changed();
  }

  /** The thread that this tab showed before it was loaded again. */
  activateRemembered() {
    if (this.active) return;
    this.activate(this.threads.get(sessionStorage.getItem(ACTIVE)) ?? this.threads.values().next().value);
  }

  /** Back to before anybody had signed in. */
  reset() {
    this.me = undefined;
    this.rooms.clear();
    this.people.clear();
    this.threads.clear();
    this.active = undefined;
    this.isSynchronised = false;
    this.changed();
  }

  #thread(kind, id, title, isLoaded = false) {
    const key = `${kind}:${id}`;
    const thread = this.threads.get(key) ?? new Thread(kind, id, title, isLoaded);
    this.threads.set(key, thread);
    return thread;
  }
}
