import { byId } from './element.js';

/** What an admin tells everybody: over all panes, in whichever room one is, until it is dismissed or there is a newer one. */
export function showAnnouncement(chat) {
  const banner = byId('announcement');

  chat.addEventListener('announcement', ({ detail: { author, text } }) => {
    byId('announcement-author').textContent = `${author.name}:`;
    byId('announcement-text').textContent = text;
    banner.hidden = false;
  });
  byId('announcement-close').addEventListener('click', () => (banner.hidden = true));
  for (const gone of ['signed-out', 'removed']) chat.addEventListener(gone, () => (banner.hidden = true));
}
