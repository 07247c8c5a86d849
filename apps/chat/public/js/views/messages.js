import { avatar } from './avatar.js';
import { byId, element } from './element.js';
import { keyedList } from './keyed-list.js';
import { showTitle } from './thread-title.js';

/** Messages of one person within this time stand together under one name. */
const GROUPED_WITHIN = 5 * 60_000;
const NEAR_THE_END = 80;

/** The thread that is open. It follows the newest message, unless one has scrolled up to read. */
export function showMessages(chat) {
  const { state } = chat;
  const scroll = byId('message-scroll');
  const toLatest = byId('to-latest');
  const render = keyedList(byId('messages'), {
    key: (message) => message.id,
    create: (message) => messageItem(message, message.author.userId === state.me?.userId),
    update: (node, message, previous) => {
      node.classList.toggle('grouped', previous !== undefined && belongsTo(message, previous));
      node.classList.toggle('new-day', previous === undefined || day(message) !== day(previous));
    },
  });
  let following = true;
  const toEnd = () => {
    following = true;
    scroll.scrollTop = scroll.scrollHeight;
    toLatest.hidden = true;
  };

  let shown;
  let newest;
  state.onChange(({ active, me }) => {
    showTitle(state);
    const messages = active?.messages ?? [];
    const last = messages.at(-1);
    const isOwn = last !== undefined && last !== newest && last.author.userId === me?.userId;
    render(messages);
    byId('messages-empty').hidden = messages.length > 0;
    byId('messages-empty').textContent = active ? emptyText(active) : 'Join a room, or choose somebody to write to.';
    byId('typing').textContent = typingText(active);
    if (following || isOwn || active !== shown) toEnd();
    else if (last !== newest) toLatest.hidden = false;
    shown = active;
    newest = last;
  });

  toLatest.addEventListener('click', toEnd);
  scroll.addEventListener('scroll', () => {
    following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_THE_END;
    if (following) toLatest.hidden = true;
  });
  // A phone's keyboard takes half of the height: the newest message stays in sight.
  new ResizeObserver(() => following && toEnd()).observe(scroll);
}

function messageItem({ author, text, sentAt }, own) {
  const at = new Date(sentAt);
  return element(
    'li',
    { class: own ? 'message own' : 'message', 'data-day': at.toLocaleDateString([], { dateStyle: 'long' }) },
    avatar(author.name),
    element(
      'div',
      { class: 'body' },
      element(
        'p',
        { class: 'byline' },
        element('span', { class: 'author' }, own ? 'You' : author.name),
        element('time', { datetime: sentAt, title: at.toLocaleString() }, clock(at)),
      ),
      element('p', { class: 'text', dir: 'auto' }, text),
    ),
  );
}

function belongsTo(message, previous) {
  const apart = new Date(message.sentAt) - new Date(previous.sentAt);
  return message.author.userId === previous.author.userId && apart < GROUPED_WITHIN && day(message) === day(previous);
}

const day = ({ sentAt }) => new Date(sentAt).toDateString();
const clock = (date) => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function emptyText({ kind, label }) {
  return kind === 'room'
    ? `Nothing has been said in ${label} lately.`
    : `You and ${label} have not written to each other yet.`;
}

function typingText(thread) {
  const names = [...(thread?.typing.values() ?? [])].map(({ name }) => name);
  if (names.length === 0) return '';
  if (names.length === 1) return `${names[0]} is typing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing…`;
  return 'Several people are typing…';
}
