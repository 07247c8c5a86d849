import { byId } from './element.js';

const LAST_NAME = 'name';

/** Shows the form to sign in, or the chat; or that somebody was removed from it. */
export function showSignIn(chat) {
  const form = byId('sign-in-form');
  const input = byId('name');
  const password = byId('admin-password');
  const error = byId('sign-in-error');
  const removed = byId('removed');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    try {
      await chat.signIn(input.value, password.value || undefined);
      password.value = '';
      localStorage.setItem(LAST_NAME, chat.state.me.name);
    } catch (failure) {
      error.textContent = failure.message;
      (password.value === '' ? input : password).focus();
    }
  });

  byId('sign-out').addEventListener('click', () => {
    chat.signOut().catch((failure) => chat.notice(failure.message));
  });

  chat.addEventListener('signed-out', ({ detail }) => {
    error.textContent = detail;
    show(form);
    input.value = localStorage.getItem(LAST_NAME) ?? '';
    input.focus();
  });

  chat.addEventListener('removed', ({ detail: reason }) => {
    byId('removed-reason').textContent = reason;
    byId('removed-reason').hidden = reason === '';
    show(removed);
    removed.focus();
  });

  chat.state.onChange(({ me }) => {
    if (!me) return;
    byId('sign-in').hidden = true;
    byId('chat').hidden = false;
  });

  function show(card) {
    for (const each of [form, removed]) each.hidden = each !== card;
    byId('sign-in').hidden = false;
    byId('chat').hidden = true;
  }
}
