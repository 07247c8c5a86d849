/** Has a screen reader say what came in, without reading out the whole list when the thread changes. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}
