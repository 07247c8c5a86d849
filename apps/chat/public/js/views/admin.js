import { byId } from './element.js';

let kicking;

/** What an admin can do besides: remove somebody, and tell everybody something. */
export function showAdmin(chat) {
  const announce = byId('announce');
  const text = byId('announce-text');
  const dialog = byId('kick');

  chat.state.onChange(({ isAdmin }) => (announce.hidden = !isAdmin));

  announce.addEventListener('submit', async (event) => {
    event.preventDefault();
    await attempt(byId('announce-error'), async () => {
      await chat.announce(text.value);
      text.value = '';
    });
  });

  byId('kick-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    await attempt(byId('kick-error'), async () => {
      await chat.kick(kicking, byId('kick-reason').value);
      dialog.close();
      chat.notice(`${kicking.name} was removed.`);
    });
  });
  byId('kick-cancel').addEventListener('click', () => dialog.close());
  for (const gone of ['signed-out', 'removed']) chat.addEventListener(gone, () => dialog.close());
}

/** It can't be taken back, so it is asked for once more. */
export function askToKick(person) {
  kicking = person;
  byId('kick-title').textContent = `Remove ${person.name} from the chat?`;
  byId('kick-reason').value = '';
  byId('kick-error').textContent = '';
  byId('kick').showModal();
  byId('kick-reason').focus();
}

async function attempt(error, action) {
  error.textContent = '';
  try {
    await action();
  } catch (failure) {
    error.textContent = failure.message;
  }
}
