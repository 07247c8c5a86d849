import { avatar } from './avatar.js';
import { setBadge } from './badge.js';
import { byId, element } from './element.js';
import { keyedList } from './keyed-list.js';

/** The rooms and the conversations of this person, the rooms there are besides, and who this is. */
export function showThreads(chat) {
  const { state } = chat;
  const list = (id) =>
    keyedList(byId(id), { key: (thread) => thread.key, create: threadItem(chat), update: updateItem(state) });
  const rooms = list('rooms');
  const direct = list('direct');
  const otherRooms = keyedList(byId('other-rooms'), { key: (room) => room, create: otherRoomItem(chat) });

  const form = byId('open-room-form');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const input = byId('room-name');
    const error = byId('open-room-error');
    error.textContent = '';
    try {
      await chat.joinRoom(input.value);
      input.value = '';
      chat.opened();
    } catch (failure) {
      error.textContent = failure.message;
    }
  });

  state.onChange(({ threads, rooms: all, me }) => {
    const mine = [...threads.values()];
    const conversations = mine.filter(({ kind }) => kind === 'direct');
    rooms(mine.filter(({ kind }) => kind === 'room'));
    direct(conversations);
    byId('direct-empty').hidden = conversations.length > 0;

    const others = [...all].filter((room) => !state.room(room));
    otherRooms(others);
    byId('other-rooms-section').hidden = others.length === 0;
    if (me)
      byId('me').replaceChildren(avatar(me.name), element('span', { class: 'ellipsis' }, me.name), ...role(state));
  });
}

function role({ isAdmin }) {
  return isAdmin ? [element('span', { class: 'role' }, 'Admin')] : [];
}

function threadItem(chat) {
  return (thread) => {
    const open = () => {
      chat.state.activate(thread);
      chat.opened();
    };
    const sign =
      thread.kind === 'room' ? element('span', { class: 'sign', 'aria-hidden': 'true' }, '#') : avatar(thread.title);
    return element(
      'li',
      {},
      element(
        'button',
        { type: 'button', class: 'item', onclick: open },
        sign,
        element('span', { class: 'ellipsis' }, thread.title),
        element('span', { class: 'badge', hidden: true }),
      ),
    );
  };
}

function updateItem(state) {
  return (node, thread) => {
    const button = node.firstChild;
    if (thread === state.active) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    setBadge(button.lastChild, thread.unread);
    button.classList.toggle('unread', thread.unread > 0);
    if (thread.kind === 'direct') button.classList.toggle('away', !state.people.has(thread.id));
  };
}

function otherRoomItem(chat) {
  return (room) => {
    const join = async () => {
      try {
        await chat.joinRoom(room);
        chat.opened();
      } catch (failure) {
        chat.notice(failure.message);
      }
    };
    return element(
      'li',
      {},
      element(
        'button',
        { type: 'button', class: 'item', onclick: join, 'aria-label': `Join ${room}` },
        element('span', { class: 'sign', 'aria-hidden': 'true' }, '#'),
        element('span', { class: 'ellipsis' }, room),
        element('span', { class: 'action' }, 'Join'),
      ),
    );
  };
}
