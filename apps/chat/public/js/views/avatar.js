import { element } from './element.js';

const TONES = 8;

/** The first letter of a name on a colour that stays the same for the same name. */
export function avatar(name) {
  const [first = '?'] = name;
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return element('span', { class: `avatar tone-${hash % TONES}`, 'aria-hidden': 'true' }, first.toUpperCase());
}
