import { ChatState } from './chat-state.js';
import { ChatStream } from './chat-stream.js';
import { incomingEvents } from './incoming-events.js';
import { del, get, post } from './requests.js';
import { currentSession } from './session.js';

const TRY_AGAIN_AFTER = 3_000;
const MOST_ROOMS = 50;
const REMOVED = /^removed(?:: (.*))?$/s;

/** Why the page was loaded anew, by the reason of `sse:reset`. */
const RESETS = {
  epoch: 'The server was restarted, and what was said before is gone.',
  history: 'This tab was away for long: it shows the latest messages only.',
};
const OTHER_RESET = 'Some messages may have been missed: the latest were loaded again.';

/** What this page does: it signs in, keeps one stream open, and carries out what is clicked. */
export class Chat extends EventTarget {
  state = new ChatState(() => this.#begin());

  #wasConnected = false;
  #isBeginning = false;
  /** What to say once the stream is open again. */
  #explanation = '';
  #applyEvent = incomingEvents(this.state, {
    reset: (reason) => this.#begin(RESETS[reason] ?? OTHER_RESET),
    fellBehind: () => this.#begin('This tab fell behind: the latest messages were loaded again.'),
    announce: (announcement) => this.dispatchEvent(new CustomEvent('announcement', { detail: announcement })),
    sessionEnds: () => this.#renewSession(),
    serverStops: () => this.notice('The server is stopping. This page reconnects when it is there again.'),
  });
  #stream = new ChatStream({
    onOpen: () => this.#wasConnected && this.#connected(),
    onEvent: (type, data) => this.#received(type, data),
    onReconnecting: () => this.#setConnection(this.#wasConnected ? 'reconnecting' : 'connecting'),
    onEnded: (reason) => this.#ended(reason),
    onRefused: () => this.#refused(),
  });

  async start() {
    try {
      this.#enter(await get('/session'));
    } catch (error) {
      this.#showSignIn(error.status === 401 ? '' : error.message);
    }
  }

  /** `adminPassword`: of whoever wants to be an admin. */
  async signIn(name, adminPassword) {
    this.#enter(await post('/session', { name, adminPassword }));
  }

  async signOut() {
    // Closed first: this tab need not be told by the stream.
    this.#stream.close();
    try {
      await del('/session');
    } catch (error) {
      this.takeOver();
      throw error;
    }
    this.#showSignIn('');
  }

  /** Opens the stream again, in the place of the person's oldest one. */
  takeOver() {
    this.#setConnection('connecting');
    this.#stream.open(this.state.memory.rooms);
  }

  /** Goes to a room, which need not have been there before. */
  async joinRoom(name) {
    const { memory } = this.state;
    if (memory.rooms.length >= MOST_ROOMS) throw new Error(`You are in ${MOST_ROOMS} rooms: leave one of them first`);
    const { room } = await post('/rooms', { name });
    if (!memory.rooms.includes(room)) {
      memory.rooms = [...memory.rooms, room];
      void this.#begin();
    }
    this.state.activate(this.state.joinRoom(room));
  }

  leaveRoom({ id }) {
    this.state.memory.rooms = this.state.memory.rooms.filter((room) => room !== id);
    this.state.drop(this.state.room(id));
    void this.#begin();
  }

  writeTo(person) {
    this.state.activate(this.state.conversation(person));
  }

  /** `id`: the same one for the same message, however often it is sent. */
  async send(thread, id, text) {
    this.state.add(thread, await post(`${thread.path}/messages`, { id, text }));
    this.state.changed();
  }

  typing(thread) {
    // Not worth an error message.
    post(`${thread.path}/typing`).catch(() => {});
  }

  /** For admins: removes somebody, in all his tabs. The server asks for the permission, whatever this page shows. */
  async kick({ userId }, reason) {
    await post(`/people/${encodeURIComponent(userId)}/kick`, { reason });
  }

  /** For admins: everybody sees it, in whichever room. */
  async announce(text) {
    await post('/announcements', { text });
  }

  /** The person chose a thread: it should be in sight. */
  opened() {
    this.dispatchEvent(new Event('opened'));
  }

  /** An empty one takes the last one away. */
  notice(text) {
    this.dispatchEvent(new CustomEvent('notice', { detail: text }));
  }

  #enter(me) {
    this.state.enter(me);
    this.takeOver();
  }

  #received(type, data) {
    this.#applyEvent(type, data);
    if (type === 'welcome') this.#connected();
  }

  #connected() {
    const wasAway = this.state.connection !== 'connected';
    if (wasAway || this.#explanation) this.notice(this.#explanation);
    this.#explanation = '';
    this.#wasConnected = true;
    this.#setConnection('connected');
  }

  /**
   * Opens the stream from the beginning: with other rooms, or since this page may have missed something. The request in
   * between gives the server the time to see that the old stream is over, which would count among this person's five.
   */
  async #begin(explanation = '') {
    this.#explanation ||= explanation;
    if (this.#isBeginning || !this.state.me || this.state.connection === 'ended') return;
    this.#isBeginning = true;
    this.#stream.close();
    try {
      const me = await currentSession(this.state.me.name);
      if (!this.state.me) return;
      // Another tab has signed in as somebody else.
      if (me.userId !== this.state.me.userId) this.state.reset();
      this.state.enter(me);
      this.#stream.open(this.state.memory.rooms);
    } catch (error) {
      if (error.status === 403) this.#removed('');
      else if (error.status === 401 || error.status === 409) this.#showSignIn('Your session is over: sign in again.');
      else this.#refused();
    } finally {
      this.#isBeginning = false;
    }
  }

  /** The open streams of this person go on with the new token. So nothing is missed, and nothing is seen of it. */
  async #renewSession() {
    try {
      this.state.me = await post('/session/renew');
    } catch {
      // The stream ends with the token. EventSource comes back then, and learns what there is to know.
    }
  }

  /** The stream was answered with an error, and EventSource gave up; or nobody answered. */
  #refused() {
    this.#setConnection('reconnecting');
    setTimeout(() => this.#begin(), TRY_AGAIN_AFTER);
  }

  #ended(reason) {
    const [isRemoval, why = ''] = REMOVED.exec(reason) ?? [];
    if (isRemoval) this.#removed(why);
    else if (reason === 'signed-out') this.#showSignIn('You have signed out.');
    // This node could not hear of it when it happened, and knows no more than that.
    else if (reason === 'revoked') this.#showSignIn('Your session was ended.');
    else {
      this.#setConnection('ended');
      this.dispatchEvent(new CustomEvent('ended', { detail: reason }));
    }
  }

  #showSignIn(message) {
    this.#leave();
    this.dispatchEvent(new CustomEvent('signed-out', { detail: message }));
  }

  /** An admin has removed this person, perhaps without a reason. There is nothing to try here. */
  #removed(reason) {
    this.#leave();
    this.dispatchEvent(new CustomEvent('removed', { detail: reason }));
  }

  #leave() {
    this.#stream.close();
    this.#wasConnected = false;
    this.state.reset();
    this.notice('');
  }

  #setConnection(connection) {
    this.state.connection = connection;
    this.state.changed();
  }
}
