import { People } from './people.js';

const SHOWN_MESSAGES = 500;
const TYPING_FOR = 4_000;

/** A room or a conversation with one person, as this page knows it. */
export class Thread {
  messages = [];
  unread = 0;
  draft = '';
  /** Who is in the room. */
  people = new People();
  /** Who is typing, by user id. */
  typing = new Map();
  #readUntil;

  /** `kind` is `room` or `direct`; `id` is the name of the room or the other person's user id. */
  constructor(kind, id, title, readUntil) {
    this.kind = kind;
    this.id = id;
    this.title = title;
    this.#readUntil = readUntil;
  }

  get key() {
    return `${this.kind}:${this.id}`;
  }

  get label() {
    return this.kind === 'room' ? `#${this.title}` : this.title;
  }

  get path() {
    return `${this.kind === 'room' ? '/rooms' : '/direct'}/${encodeURIComponent(this.id)}`;
  }

  /**
   * True if the message was not known: its author gets it as the answer to the request and over the stream. What waited in
   * a queue comes before what the history has, so it goes to where its time belongs.
   */
  add(message, isOwn) {
    if (this.messages.some(({ id }) => id === message.id)) return false;
    const before = this.messages.findLastIndex(({ sentAt }) => sentAt <= message.sentAt);
    this.messages.splice(before + 1, 0, message);
    if (this.messages.length > SHOWN_MESSAGES) this.messages.shift();
    if (!isOwn && message.sentAt > this.#readUntil) this.unread += 1;
    this.typing.delete(message.author.userId);
    return true;
  }

  /** Everything in it was seen. Returns until when, if that is news. */
  read() {
    this.unread = 0;
    const { sentAt } = this.messages.at(-1) ?? {};
    if (!(sentAt > this.#readUntil)) return undefined;
    this.#readUntil = sentAt;
    return sentAt;
  }

  /** What it shows is not known to be all: the stream brings it again from the beginning. */
  clear() {
    this.messages = [];
    this.unread = 0;
  }

  /** Until there is a message, or nothing was heard of it for a few seconds. */
  setTyping(user, onOver) {
    clearTimeout(this.typing.get(user.userId)?.timer);
    const timer = setTimeout(() => {
      if (this.typing.get(user.userId)?.timer !== timer) return;
      this.typing.delete(user.userId);
      onOver();
    }, TYPING_FOR);
    this.typing.set(user.userId, { name: user.name, timer });
  }
}
