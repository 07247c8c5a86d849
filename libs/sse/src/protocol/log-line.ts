import { clientText } from './client-text.js';

/** A reason may have what a client sent in its middle, and must not be cut there. */
const SHOWN = 500;

/**
 * One line for people and for what reads logs alike: a text, and fields as `name=value` (logfmt), in whatever format the
 * application's logger writes. What is not known is left out.
 */
export function logLine(text: string, fields: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [text, ...known.map(([name, value]) => `${name}=${shown(value)}`)].join(' ');
}

/** A text that is not one plain word is quoted, so that nobody's name can pass for a field. */
function shown(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return String(value);
  const text = clientText(value, SHOWN);
  return /^[\w.:/@$-]+$/.test(text) ? text : JSON.stringify(text);
}
