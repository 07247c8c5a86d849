import { Memory } from './memory.js';
import { People } from './people.js';
import { personOf } from './person.js';
import { Thread } from './thread.js';

const ACTIVE = 'active-thread';

/** All that the page knows. Views ask to be called when it has changed; several changes in a row are one call. */
export class ChatState {
  me = undefined;
  /** `connecting`, `connected`, `reconnecting` or `ended`. */
  connection = 'connecting';
  /** The names of all rooms that are known of. */
  rooms = new Set();
  /** Everybody who is in the chat. */
  people = new People();
  /** The rooms that this person is in, and the conversations, by key. */
  threads = new Map();
  active = undefined;
  memory;

  /** Which room a channel is. */
  #roomOf = {};
  /** What was said after this is new. */
  #begunAt = '';
  #listeners = [];
  #scheduled = false;

  /** `onOtherTab()`: another tab of this person has joined or left a room. */
  constructor(onOtherTab) {
    this.memory = new Memory(onOtherTab);
  }

  get isAdmin() {
    return this.me?.permissions.includes('chat:admin') ?? false;
  }

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

  enter(me) {
    this.me = me;
    this.memory.of(me.userId);
    for (const { partnerId, messages } of this.memory.conversations) {
      const thread = this.conversation(personOf(partnerId));
      for (const message of messages) this.#addTo(thread, message);
    }
    this.changed();
  }

  /** A stream has begun that brings what the rooms have. What is shown of them may have holes, and goes. */
  begin({ now, rooms }) {
    this.#begunAt = now;
    this.#roomOf = rooms;
    const joined = Object.values(rooms);
    this.rooms = new Set(['lobby', ...joined]);
    for (const room of joined) this.joinRoom(room);
    for (const thread of this.threads.values()) {
      if (thread.kind !== 'room') continue;
      if (joined.includes(thread.id)) thread.clear();
      else this.drop(thread);
    }
    if (!this.active) this.activate(this.#remembered());
    this.changed();
  }

  room(name) {
    return this.threads.get(`room:${name}`);
  }

  /** The thread of a room that was joined; a new one is made where there is none yet. What was said before is read. */
  joinRoom(name) {
    return this.#thread('room', name, name, this.#begunAt);
  }

  conversation({ userId, name }) {
    return this.#thread('direct', userId, name, '');
  }

  /** The people of a channel: of a room, or of the chat as a whole. */
  peopleOf(channel) {
    return channel in this.#roomOf ? this.room(this.#roomOf[channel])?.people : this.people;
  }

  /** Whether it was said while this page was open, and not long ago. */
  isNew({ sentAt }) {
    return sentAt > this.#begunAt;
  }

  add(thread, message) {
    const isAdded = this.#addTo(thread, message);
    if (isAdded) this.#readActive();
    if (isAdded && thread.kind === 'direct') this.memory.keep(thread.id, message);
    return isAdded;
  }

  drop(thread) {
    this.threads.delete(thread.key);
    if (this.active === thread) this.activate(this.threads.values().next().value);
    this.changed();
  }

  activate(thread) {
    this.active = thread;
    if (thread) {
      this.#readActive();
      sessionStorage.setItem(ACTIVE, thread.key);
    }
    this.changed();
  }

  /** Back to before anybody had signed in. */
  reset() {
    this.me = undefined;
    this.rooms.clear();
    this.people = new People();
    this.threads.clear();
    this.active = undefined;
    this.changed();
  }

  /** The thread that this tab showed before it was loaded again, or the first room. */
  #remembered() {
    const threads = [...this.threads.values()];
    return (
      this.threads.get(sessionStorage.getItem(ACTIVE)) ?? threads.find(({ kind }) => kind === 'room') ?? threads[0]
    );
  }

  #addTo(thread, message) {
    return thread.add(message, message.author.userId === this.me.userId);
  }

  #readActive() {
    if (!this.active || document.hidden) return;
    const sentAt = this.active.read();
    if (sentAt) this.memory.read(this.active.key, sentAt);
  }

  #thread(kind, id, title, readUntil) {
    const key = `${kind}:${id}`;
    const thread = this.threads.get(key) ?? new Thread(kind, id, title, this.memory.readUntil(key) ?? readUntil);
    this.threads.set(key, thread);
    return thread;
  }
}
