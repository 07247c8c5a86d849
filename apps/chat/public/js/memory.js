const KEPT_MESSAGES = 200;

/**
 * What this browser remembers of a person, over reloads and for all tabs: the rooms, the conversations, and what was read.
 * The server forgets a direct message once it was delivered, and a person is at home in one browser.
 */
export class Memory {
  #key;
  #onOtherTab;

  /** `onOtherTab()` is called when another tab of this person has joined or left a room. */
  constructor(onOtherTab) {
    this.#onOtherTab = onOtherTab;
    addEventListener('storage', ({ key }) => key === this.#roomsKey && this.#onOtherTab());
  }

  of(userId) {
    this.#key = userId;
  }

  get rooms() {
    return JSON.parse(localStorage.getItem(this.#roomsKey)) ?? ['lobby'];
  }

  set rooms(rooms) {
    localStorage.setItem(this.#roomsKey, JSON.stringify(rooms));
  }

  /** With whom this person has talked, and what. */
  get conversations() {
    const prefix = this.#conversationKey('');
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ partnerId: key.slice(prefix.length), messages: this.#messages(key) }));
  }

  keep(partnerId, message) {
    const key = this.#conversationKey(partnerId);
    // Each tab does it: what another one has written must stay.
    const others = this.#messages(key).filter(({ id }) => id !== message.id);
    localStorage.setItem(key, JSON.stringify([...others, message].slice(-KEPT_MESSAGES)));
  }

  /** The time of the last message of a thread that was seen, if any was. */
  readUntil(threadKey) {
    return localStorage.getItem(this.#readKey(threadKey));
  }

  read(threadKey, sentAt) {
    localStorage.setItem(this.#readKey(threadKey), sentAt);
  }

  #messages(key) {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  }

  #conversationKey(partnerId) {
    return `direct/${this.#key}/${partnerId}`;
  }

  get #roomsKey() {
    return `rooms/${this.#key}`;
  }

  #readKey(threadKey) {
    return `read/${this.#key}/${threadKey}`;
  }
}
