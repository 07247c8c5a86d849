import { byId } from './element.js';

const LAST_NAME = 'name';

/** Shows the form to sign in, or the chat. */
export function showSignIn(chat) {
  const form = byId('sign-in-form');
  const input = byId('name');
  const error = byId('sign-in-error');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    try {
      await chat.signIn(input.value);
      localStorage.setItem(LAST_NAME, chat.state.me.name);
    } catch (failure) {
      error.textContent = failure.message;
      input.focus();
    }
  });

  byId('sign-out').addEventListener('click', () => {
    chat.signOut().catch((failure) => chat.notice(failure.message));
  });

  chat.addEventListener('signed-out', ({ detail }) => {
    error.textContent = detail;
    byId('sign-in').hidden = false;
    byId('chat').hidden = true;
    input.value = localStorage.getItem(LAST_NAME) ?? '';
    input.focus();
  });

  chat.state.onChange(({ me }) => {
    if (!me) return;
    byId('sign-in').hidden = true;
    byId('chat').hidden = false;
  });
}
