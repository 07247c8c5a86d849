import { get, post } from './requests.js';

/**
 * Brings the page to what the server has, after the stream opened or opened again. A stream is subscribed to a room
 * first and the room loaded second, so that nothing falls in between; what the stream brings meanwhile is held back
 * and applied on top. All events can be applied twice without harm.
 */
export class Synchronisation {
  #state;
  #apply;
  #held = [];
  #loading = 0;
  #connectionId;

  constructor(state, apply) {
    this.#state = state;
    this.#apply = apply;
  }

  /** An event of the stream: applied now, or when what is being loaded is there. */
  receive(event) {
    this.#held.push(event);
    this.#release();
  }

  /** The whole page. `rejoin`: rooms to be in, besides those in which the server has this person. */
  async all(connectionId, rejoin = []) {
    this.#connectionId = connectionId;
    await this.#whileHolding(async () => {
      const [rooms, people, partners] = await Promise.all([get('/rooms'), get('/people'), get('/direct')]);
      const state = this.#state;
      state.rooms = new Map(rooms.map((room) => [room.id, room]));
      state.people = new Map(people.map((person) => [person.userId, person]));

      const wanted = rooms
        .filter((room) => room.joined || rejoin.includes(room.id))
        .map(({ id }) => state.joinRoom(id));
      const direct = partners.map((partner) => state.conversation(partner));
      for (const thread of state.threads.values()) {
        if (thread.kind === 'room' && !wanted.includes(thread)) state.drop(thread);
      }
      await Promise.all([
        ...wanted.map((thread) => this.#loadRoom(thread)),
        ...direct.map(async (thread) => thread.load(await get(`${thread.path}/messages`), state.me)),
      ]);
      if (state.active && !document.hidden) state.active.unread = 0;
      state.isSynchronised = true;
    });
  }

  async room(roomId) {
    await this.#whileHolding(() => this.#loadRoom(this.#state.joinRoom(roomId)));
  }

  async #loadRoom(thread) {
    await post(`${thread.path}/join`, { connectionId: this.#connectionId });
    const [messages, people] = await Promise.all([get(`${thread.path}/messages`), get(`${thread.path}/people`)]);
    thread.load(messages, this.#state.me);
    thread.people = new Map(people.map((person) => [person.userId, person]));
  }

  async #whileHolding(load) {
    this.#loading += 1;
    try {
      await load();
    } finally {
      this.#loading -= 1;
      this.#release();
      this.#state.changed();
    }
  }

  #release() {
    while (this.#loading === 0 && this.#held.length > 0) this.#apply(this.#held.shift());
  }
}
