import { announce } from '../announcer.js';
import { byId } from './element.js';

export const CONNECTION_TEXTS = {
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
  ended: 'Not connected',
};

/** What an end for good means, by the reason of `sse:end`. */
const ENDS = {
  replaced: {
    title: 'This tab was replaced by a newer one',
    text: 'The chat can be open in five tabs at a time. You opened another, so this one, the oldest, was closed.',
    button: 'Use this tab again',
  },
  kicked: {
    title: 'An admin has closed this connection',
    text: 'Nothing new arrives in this tab. You are still signed in, and your other tabs go on.',
    button: 'Connect again',
  },
};

/** Says whether the page is live, and when it is not, whether it will be again by itself. */
export function showConnection(chat) {
  const status = byId('connection');
  const dialog = byId('ended');
  const notice = byId('notice');

  chat.state.onChange(({ connection }) => {
    if (status.dataset.state === connection) return;
    status.dataset.state = connection;
    status.textContent = CONNECTION_TEXTS[connection];
    byId('chat').dataset.connection = connection;
    announce(CONNECTION_TEXTS[connection]);
  });

  chat.addEventListener('ended', ({ detail: reason }) => {
    const { title, text, button } = ENDS[reason] ?? ended(reason);
    byId('ended-title').textContent = title;
    byId('ended-text').textContent = text;
    byId('take-over').textContent = button;
    if (!dialog.open) dialog.showModal();
  });
  // There is nothing behind it that works until the stream is open again.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  byId('take-over').addEventListener('click', () => {
    dialog.close();
    chat.takeOver();
  });
  for (const gone of ['signed-out', 'removed']) chat.addEventListener(gone, () => dialog.close());

  chat.addEventListener('notice', ({ detail }) => {
    byId('notice-text').textContent = detail;
    notice.hidden = detail === '';
  });
  byId('notice-close').addEventListener('click', () => (notice.hidden = true));
}

function ended(reason) {
  return {
    title: 'The server has ended this stream',
    text: `Its reason: ${reason}. Nothing new arrives here.`,
    button: 'Connect again',
  };
}
