import { announce } from './announcer.js';

/** What each event of the stream changes. `actions` are the things that need the server again. */
export function incomingEvents(state, actions) {
  const changes = {
    'room-opened': (room) => state.rooms.set(room.id, room),
    'room-closed': ({ id }) => {
      state.rooms.delete(id);
      const thread = state.room(id);
      if (thread) state.drop(thread);
    },
    'person-arrived': (user) => state.people.set(user.userId, user),
    'person-left': ({ userId }) => state.people.delete(userId),

    'room-message': ({ roomId, message }) => received(state.room(roomId), message),
    'room-typing': ({ roomId, user }) => state.room(roomId)?.setTyping(user, () => state.changed()),
    'room-arrived': ({ roomId, user }) => state.room(roomId)?.people.set(user.userId, user),
    'room-left': ({ roomId, userId }) => state.room(roomId)?.people.delete(userId),

    // Said in another tab of the same person.
    'you-joined': ({ roomId }) => {
      if (!state.room(roomId)) actions.joinRoom(roomId);
    },
    'you-left': ({ roomId }) => {
      const thread = state.room(roomId);
      if (thread) state.drop(thread);
    },

    'direct-message': ({ partner, message }) => received(state.conversation(partner), message),
    'direct-typing': ({ user }) => state.conversation(user).setTyping(user, () => state.changed()),

    // This tab read so slowly that events were left out: what is shown may have holes.
    'sse:dropped': () => actions.fellBehind(),
    // A farewell: EventSource comes back by itself. Other reasons, such as the age of the stream, concern nobody.
    'sse:closing': ({ reason }) => reason === 'shutdown' && actions.serverStops(),
  };

  return ({ type, data }) => {
    changes[type](data);
    state.changed();
  };

  function received(thread, message) {
    if (!thread?.add(message) || message.author.userId === state.me.userId) return;
    if (thread !== state.active || document.hidden) thread.unread += 1;
    if (thread === state.active) announce(`${message.author.name}: ${message.text}`);
    else announce(`New message from ${message.author.name} in ${thread.title}`);
  }
}
