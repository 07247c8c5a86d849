/** The events that the server sends, each with JSON data. The ones that begin with `sse:` come from the library. */
const EVENTS = [
  'welcome',
  'room-opened',
  'room-closed',
  'person-arrived',
  'person-left',
  'room-message',
  'room-typing',
  'room-arrived',
  'room-left',
  'you-joined',
  'you-left',
  'direct-message',
  'direct-typing',
  'sse:dropped',
  'sse:closing',
];

/**
 * The one event stream of this tab. EventSource reconnects by itself after a cut or a restart of the server. After
 * `sse:end` it asks once more, is told that the stream is over for good, and stays closed: nothing to do for that here.
 */
export class ChatStream {
  #source;
  #listener;

  /** `listener`: `onEvent(type, data)`, `onReconnecting()`, `onEnded(reason)`, `onRefused()`. */
  constructor(listener) {
    this.#listener = listener;
  }

  open() {
    this.#source?.close();
    const source = new EventSource('/events');
    this.#source = source;
    let ended = false;

    for (const type of EVENTS) {
      source.addEventListener(type, (event) => this.#listener.onEvent(type, JSON.parse(event.data)));
    }
    source.addEventListener('sse:end', (event) => {
      ended = true;
      this.#listener.onEnded(JSON.parse(event.data).reason);
    });
    source.addEventListener('error', () => {
      if (ended || source !== this.#source) return;
      // Closed without an end: the answer was no event stream, such as a 401 from a server that forgot the session.
      if (source.readyState === EventSource.CLOSED) this.#listener.onRefused();
      else this.#listener.onReconnecting();
    });
  }

  close() {
    this.#source?.close();
    this.#source = undefined;
  }
}
