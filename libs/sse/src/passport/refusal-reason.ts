/** So much of a text is shown. */
const SHOWN = 200;

/**
 * Why a token was refused, for the log. What others wrote may quote the token, or what its sender put into it: the token is
 * taken out, control characters too, and a long text is cut.
 */
export function refusalReason(error: unknown, token: string): string {
  // The message of a SyntaxError quotes what could not be parsed.
  if (error instanceof SyntaxError) return 'it is not well-formed';
  if (!(error instanceof Error) || error.message === '') return 'it could not be checked';
  return printable(error.message.replaceAll(token, '(the token)'));
}

/** What a client sent, fit for a log: not without end, and nothing in it that a terminal would obey. */
export function printable(text: string): string {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return shown.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
