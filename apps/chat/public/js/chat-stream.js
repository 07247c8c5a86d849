/** The events that the server sends, each with JSON data. The ones that begin with `sse:` come from the library. */
const EVENTS = [
  'welcome',
  'room-opened',
  'room-message',
  'room-typing',
  'direct-message',
  'direct-typing',
  'announcement',
  'sse:presence',
  'sse:reset',
  'sse:dropped',
  'sse:expiring',
  'sse:closing',
];

/**
 * The one event stream of this tab. EventSource reconnects by itself after a cut or a restart of the server, and says which
 * event it had last, upon which the server sends what was missed. After `sse:end` it asks once more, is told that the
 * stream is over for good, and stays closed: nothing to do for that here.
 */
export class ChatStream {
  #source;
  #listener;

  /** `listener`: `onOpen()`, `onEvent(type, data)`, `onReconnecting()`, `onEnded(reason)`, `onRefused()`. */
  constructor(listener) {
    this.#listener = listener;
  }

  /** From the beginning: a new EventSource has had no event. */
  open(rooms) {
    this.close();
    const source = new EventSource(`/events?${new URLSearchParams(rooms.map((room) => ['room', room]))}`);
    this.#source = source;
    let ended = false;

    source.addEventListener('open', () => this.#listener.onOpen());
    for (const type of EVENTS) {
      source.addEventListener(type, (event) => {
        // What a closed source had still to tell comes again.
        if (source === this.#source) this.#listener.onEvent(type, JSON.parse(event.data));
      });
    }
    source.addEventListener('sse:end', (event) => {
      ended = true;
      this.#listener.onEnded(JSON.parse(event.data).reason);
    });
    source.addEventListener('error', () => {
      if (ended || source !== this.#source) return;
      // Closed without an end: the answer was no event stream, such as a 401 to a session that is over.
      if (source.readyState === EventSource.CLOSED) this.#listener.onRefused();
      else this.#listener.onReconnecting();
    });
  }

  close() {
    this.#source?.close();
    this.#source = undefined;
  }
}
