import { ChatState } from './chat-state.js';
import { ChatStream } from './chat-stream.js';
import { incomingEvents } from './incoming-events.js';
import { del, get, post } from './requests.js';
import { currentSession } from './session.js';
import { Synchronisation } from './synchronisation.js';

const TRY_AGAIN_AFTER = 3_000;
const LOBBY = 'lobby';

/** What this page does: it signs in, keeps one stream open and its rooms on it, and carries out what is clicked. */
export class Chat extends EventTarget {
  state = new ChatState();

  #connectionId;
  #wasConnected = false;
  #rejoin = [];
  #reconnectedNotice = '';
  #applyEvent = incomingEvents(this.state, {
    joinRoom: (roomId) => this.#synchronisation.room(roomId),
    serverStops: () => this.notice('The server is stopping. This page reconnects when it is there again.'),
    fellBehind: () => this.#reload('This tab fell behind. Messages were reloaded.'),
  });
  #synchronisation = new Synchronisation(this.state, this.#applyEvent);
  #stream = new ChatStream({
    onEvent: (type, data) => this.#received(type, data),
    onReconnecting: () => this.#setConnection(this.#wasConnected ? 'reconnecting' : 'connecting'),
    onEnded: (reason) => this.#ended(reason),
    onRefused: () => this.#recover(),
  });

  async start() {
    try {
      this.#enter(await get('/session'));
    } catch (error) {
      this.#showSignIn(error.status === 401 ? '' : error.message);
    }
  }

  async signIn(name) {
    const me = await post('/session', { name });
    this.#rejoin = [LOBBY];
    this.#enter(me);
  }

  async signOut() {
    // Closed first: this tab need not be told by the stream.
    this.#stream.close();
    try {
      await del('/session');
    } catch (error) {
      this.#stream.open();
      throw error;
    }
    this.#showSignIn('');
  }

  /** Opens the stream again, in the place of the person's oldest one. */
  takeOver() {
    this.#setConnection('connecting');
    this.#stream.open();
  }

  async openRoom(name) {
    const room = await post('/rooms', { name });
    this.state.rooms.set(room.id, room);
    await this.joinRoom(room.id);
  }

  async joinRoom(roomId) {
    await this.#synchronisation.room(roomId);
    this.state.activate(this.state.room(roomId));
  }

  async leaveRoom(thread) {
    await post(`${thread.path}/leave`);
    this.state.drop(thread);
  }

  writeTo(person) {
    this.state.activate(this.state.conversation(person));
  }

  async send(thread, text) {
    thread.add(await post(`${thread.path}/messages`, { text }));
    this.state.changed();
  }

  typing(thread) {
    // Not worth an error message.
    post(`${thread.path}/typing`).catch(() => {});
  }

  /** The person chose a thread: it should be in sight. */
  opened() {
    this.dispatchEvent(new Event('opened'));
  }

  notice(text) {
    this.dispatchEvent(new CustomEvent('notice', { detail: text }));
  }

  #enter(me) {
    this.state.me = me;
    this.#setConnection('connecting');
    this.#stream.open();
  }

  #received(type, data) {
    if (type === 'welcome') void this.#welcomed(data.connectionId);
    else this.#synchronisation.receive({ type, data });
  }

  /** The stream is open, for the first time or again: the server knows nothing yet of the rooms it should carry. */
  async #welcomed(connectionId) {
    this.#connectionId = connectionId;
    try {
      await this.#synchronisation.all(connectionId, this.#rejoin);
    } catch (error) {
      // Perhaps cut again meanwhile; then there is another welcome, which starts over.
      if (connectionId === this.#connectionId) this.notice(`Not everything could be loaded: ${error.message}`);
      return;
    }
    if (connectionId !== this.#connectionId) return;
    this.#rejoin = [];
    this.state.activateRemembered();
    this.#setConnection('connected');
    if (this.#wasConnected) this.notice(this.#reconnectedNotice || 'Reconnected. Messages were reloaded.');
    this.#reconnectedNotice = '';
    this.#wasConnected = true;
  }

  async #reload(notice) {
    await this.#synchronisation.all(this.#connectionId);
    this.notice(notice);
  }

  #ended(reason) {
    if (reason === 'signed-out') {
      this.#showSignIn('You have signed out.');
      return;
    }
    this.#setConnection('ended');
    this.dispatchEvent(new CustomEvent('ended', { detail: reason }));
  }

  /** The stream was answered with an error, and EventSource gave up: find out why, mend it, open it again. */
  async #recover() {
    if (!this.state.me) return;
    this.#setConnection('reconnecting');
    const { userId, name } = this.state.me;
    try {
      const me = await currentSession(name);
      if (!this.state.me) return;
      this.state.me = me;
      if (me.userId === userId) {
        setTimeout(() => this.state.me && this.#stream.open(), TRY_AGAIN_AFTER);
      } else {
        this.#wasForgotten();
        this.#stream.open();
      }
    } catch (error) {
      if (error.status === 401) this.#showSignIn('The server was restarted, and your name is taken meanwhile.');
      else setTimeout(() => this.#recover(), TRY_AGAIN_AFTER);
    }
  }

  /** Sessions are in the server's memory: after a restart one is somebody new, with the same name. */
  #wasForgotten() {
    this.#rejoin = [...this.state.threads.values()].filter(({ kind }) => kind === 'room').map(({ id }) => id);
    for (const thread of [...this.state.threads.values()]) {
      if (thread.kind === 'direct') this.state.drop(thread);
    }
    this.#reconnectedNotice = 'Reconnected. The server was restarted and has forgotten earlier messages and rooms.';
  }

  #showSignIn(message) {
    this.#stream.close();
    this.#wasConnected = false;
    this.state.reset();
    this.dispatchEvent(new CustomEvent('signed-out', { detail: message }));
  }

  #setConnection(connection) {
    this.state.connection = connection;
    this.state.changed();
  }
}
