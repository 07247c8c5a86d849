import { byId } from './element.js';

/** Others see "is typing" for 4 s, so this is often enough. */
const TYPING_EVERY = 2_500;

/** Where messages are written, one draft per thread. What could not be sent stays, with the reason. */
export function showComposer(chat) {
  const { state } = chat;
  const form = byId('composer');
  const input = byId('text');
  const error = byId('composer-error');
  let shown;
  let toldAt = 0;
  /** What could not be sent. Sent once more, it is the same message: perhaps only the answer was lost. */
  let unsent = {};

  state.onChange(({ active, connection }) => {
    form.inert = !active || connection === 'ended';
    if (active === shown) return;
    if (shown) shown.draft = input.value;
    input.value = active?.draft ?? '';
    input.placeholder = active ? `Write to ${active.label}` : '';
    error.textContent = '';
    shown = active;
  });

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const thread = state.active;
    const text = input.value;
    if (!thread || text.trim() === '') return;
    error.textContent = '';
    input.value = '';
    toldAt = 0;
    const id = unsent.thread === thread && unsent.text === text ? unsent.id : newId();
    try {
      await chat.send(thread, id, text);
    } catch (failure) {
      unsent = { thread, text, id };
      if (state.active === thread && input.value === '') input.value = text;
      else thread.draft ||= text;
      error.textContent = `Not sent: ${failure.message}`;
    }
  });

  // Enter sends; with Shift it begins a line. While an input method composes a word, Enter belongs to it.
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  input.addEventListener('input', () => {
    if (!state.active || input.value.trim() === '' || Date.now() - toldAt < TYPING_EVERY) return;
    toldAt = Date.now();
    chat.typing(state.active);
  });

  // Not on a phone, where it would bring up the keyboard.
  chat.addEventListener('opened', () => matchMedia('(pointer: fine)').matches && input.focus());
  byId('leave-room').addEventListener('click', () => chat.leaveRoom(state.active));
}

/** `crypto.randomUUID()` is there on secure pages only, which that of a neighbour's machine is not. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
