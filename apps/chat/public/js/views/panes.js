import { setBadge } from './badge.js';
import { byId } from './element.js';

/** On a phone one pane is seen at a time: the threads, the messages or the people. */
export function showPanes(chat) {
  const panes = byId('chat');
  const show = (pane) => (panes.dataset.pane = pane);

  byId('show-threads').addEventListener('click', () => {
    show('threads');
    byId('rooms').querySelector('button')?.focus();
  });
  byId('show-people').addEventListener('click', () => {
    show('people');
    byId('hide-people').focus();
  });
  byId('hide-people').addEventListener('click', () => {
    show('messages');
    byId('show-people').focus();
  });
  chat.addEventListener('opened', () => show('messages'));

  const title = document.title;
  chat.state.onChange(({ threads, active, connection }) => {
    const unread = [...threads.values()].reduce((sum, thread) => sum + thread.unread, 0);
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
    setBadge(byId('unread-elsewhere'), unread - (active?.unread ?? 0));
    if (!active && connection === 'connected') show('threads');
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && chat.state.active) chat.state.activate(chat.state.active);
  });
}
