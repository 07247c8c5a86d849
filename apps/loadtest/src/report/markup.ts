import { printable } from './printable.js';

/** Text for an HTML page, also between the quotes of an attribute. */
export function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * JSON that can stand in a script element: nothing in it can end the element or begin a comment, and no line separator is
 * left that older scripts take for the end of a line.
 */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Rows of cells that are markup already; without heads there is no head. */
export function table(kind: string, heads: readonly string[], rows: readonly string[]): string {
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(kind)}"><table class="${escaped(kind)}">`,
    ...(heads.length > 0 ? [`<thead><tr>${heads.join('')}</tr></thead>`] : []),
    `<tbody>${rows.map((cells) => `<tr>${cells}</tr>`).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

export function headCell(text: string, kind = ''): string {
  return `<th scope="col"${classOf(kind)}>${escaped(text)}</th>`;
}

export function rowHead(text: string, kind = ''): string {
  return `<th scope="row"${classOf(kind)}>${escaped(text)}</th>`;
}

export function cell(text: string, kind = ''): string {
  return `<td${classOf(kind)}>${escaped(text)}</td>`;
}

function classOf(kind: string): string {
  return kind === '' ? '' : ` class="${kind}"`;
}
