import { personOf } from './person.js';

/** Who is in a channel, as `sse:presence` tells it: everybody at first, and then who comes and goes. */
export class People {
  /** How many there are. More than a hundred at once are counted and not named. */
  count = 0;
  #persons = new Map();

  apply({ count, members, joined = [], left = [] }) {
    if (members) this.#persons.clear();
    for (const userId of [...(members ?? []), ...joined]) this.#persons.set(userId, personOf(userId));
    for (const userId of left) this.#persons.delete(userId);
    this.count = count;
  }

  has(userId) {
    return this.#persons.has(userId);
  }

  get persons() {
    return [...this.#persons.values()];
  }
}
