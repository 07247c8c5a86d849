/** So many characters of what a client sent are shown in a log, unless a caller says more. */
const SHOWN = 200;

/** What a client sent, fit for a log: not without end, and nothing in it that a terminal would obey. */
export function clientText(text: string, shown = SHOWN): string {
  return withoutControls(text.length > shown ? `${text.slice(0, shown)}…` : text);
}

/** Control characters, line ends, and invisible ones that turn the order of others around are replaced. */
function withoutControls(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
