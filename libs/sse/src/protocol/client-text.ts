/** So much of what a client sent is shown in a log. */
const SHOWN = 200;

/** What a client sent, fit for a log: not without end, and nothing in it that a terminal would obey. */
export function clientText(text: string): string {
  return withoutControls(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** Control characters, line ends, and invisible ones that turn the order of others around are replaced. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
