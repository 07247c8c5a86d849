const SHOWN_MESSAGES = 500;
const TYPING_FOR = 4_000;

/** A room or a conversation with one person, as this page knows it. */
export class Thread {
  messages = [];
  unread = 0;
  draft = '';
  /** Who is in the room, by user id. */
  people = new Map();
  /** Who is typing, by user id. */
  typing = new Map();

  /** `kind` is `room` or `direct`; `id` that of the room or of the other person. */
  constructor(kind, id, title, isLoaded) {
    this.kind = kind;
    this.id = id;
    this.title = title;
    this.isLoaded = isLoaded;
  }

  get key() {
    return `${this.kind}:${this.id}`;
  }

  get path() {
    return this.kind === 'room' ? `/rooms/${this.id}` : `/direct/${this.id}`;
  }

  /** True if the message was not known: its author gets it as the answer to the request and over the stream. */
  add(message) {
    if (this.messages.some(({ id }) => id === message.id)) return false;
    this.messages.push(message);
    if (this.messages.length > SHOWN_MESSAGES) this.messages.shift();
    this.typing.delete(message.author.userId);
    return true;
  }

  /** Takes what the server has for what was shown. What others said while this page was away is unread. */
  load(messages, me) {
    if (this.isLoaded) {
      const known = new Set(this.messages.map(({ id }) => id));
      this.unread += messages.filter(({ id, author }) => !known.has(id) && author.userId !== me.userId).length;
    }
    this.messages = messages;
    this.isLoaded = true;
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
