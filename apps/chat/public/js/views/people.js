import { askToKick } from './admin.js';
import { avatar } from './avatar.js';
import { byId, element } from './element.js';
import { keyedList } from './keyed-list.js';

/** Who is here: in the room that is open, and in the chat besides. */
export function showPeople(chat) {
  const { state } = chat;
  const list = (id) =>
    keyedList(byId(id), { key: (person) => person.userId, create: personItem(chat), update: updateItem(state) });
  const here = list('people-here');
  const elsewhere = list('people-elsewhere');

  state.onChange(({ active, people, me }) => {
    if (!me) return;
    const room = active?.kind === 'room' ? active : undefined;
    const others = sorted(people.persons, me).filter(({ userId }) => !room?.people.has(userId));
    const elsewhereCount = Math.max(others.length, people.count - (room?.people.count ?? 0));
    here(sorted(room?.people.persons ?? [], me));
    elsewhere(others);
    byId('here-section').hidden = !room;
    byId('here-title').textContent = `In this room · ${room?.people.count}`;
    byId('elsewhere-section').hidden = others.length === 0;
    byId('elsewhere-title').textContent = `${room ? 'Elsewhere' : 'Here'} in the chat · ${elsewhereCount}`;
  });
}

/** Oneself first, then by name. */
function sorted(people, me) {
  const rank = ({ userId }) => (userId === me.userId ? 0 : 1);
  return [...people].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function personItem(chat) {
  return (person) => {
    const name = element('span', { class: 'ellipsis' }, person.name);
    if (person.userId === chat.state.me.userId) {
      return element(
        'li',
        {},
        element('div', { class: 'item' }, avatar(person.name), name, element('span', { class: 'muted' }, 'you')),
      );
    }
    const write = () => {
      chat.writeTo(person);
      chat.opened();
    };
    return element(
      'li',
      {},
      element(
        'button',
        { type: 'button', class: 'item', onclick: write, 'aria-label': `Write to ${person.name}` },
        avatar(person.name),
        name,
        element('span', { class: 'action' }, 'Write'),
      ),
      element(
        'button',
        { type: 'button', class: 'quiet kick', onclick: () => askToKick(person), 'aria-label': `Kick ${person.name}` },
        'Kick',
      ),
    );
  };
}

function updateItem(state) {
  return (node) => {
    const kick = node.querySelector('.kick');
    if (kick) kick.hidden = !state.isAdmin;
  };
}
