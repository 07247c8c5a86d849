import { announce } from './announcer.js';

/** What each event of the stream changes. `actions` are the things that need the server again. */
export function incomingEvents(state, actions) {
  const changes = {
    welcome: (begin) => state.begin(begin),
    'room-opened': ({ room }) => state.rooms.add(room),
    'sse:presence': (presence) => state.peopleOf(presence.channel)?.apply(presence),

    'room-message': ({ room, message }) => received(state.room(room), message),
    'room-typing': ({ room, user }) => state.room(room)?.setTyping(user, () => state.changed()),

    'direct-message': ({ partner, message }) => received(state.conversation(partner), message),
    'direct-typing': ({ user }) => state.conversation(user).setTyping(user, () => state.changed()),

    announcement: (announcement) => actions.announce(announcement),

    // The token in the cookie ends, and the stream with it unless there is a newer one.
    'sse:expiring': () => actions.sessionEnds(),
    // What was missed can't be had event by event any more: everything is loaded anew.
    'sse:reset': ({ reason }) => actions.reset(reason),
    // This tab read so slowly that something was left out that is in no history, such as who is here.
    'sse:dropped': ({ reason }) => reason === 'overflow' && actions.fellBehind(),
    // A farewell: EventSource comes back by itself. Other reasons, such as the age of the stream, concern nobody.
    'sse:closing': ({ reason }) => reason === 'shutdown' && actions.serverStops(),
  };

  return (type, data) => {
    changes[type](data);
    state.changed();
  };

  function received(thread, message) {
    if (!thread || !state.add(thread, message)) return;
    if (!state.isNew(message) || message.author.userId === state.me.userId) return;
    if (thread === state.active) announce(`${message.author.name}: ${message.text}`);
    else announce(`New message from ${message.author.name} in ${thread.label}`);
  }
}
