import { styleText } from 'node:util';
import { fitted, widthOf } from './printable.js';

/** What a piece of text means; the colours follow from it. */
export type Tone = 'strong' | 'muted' | 'accent' | 'good' | 'warning' | 'bad';

/** A piece of a line, with a tone or without. */
export type Span = string | readonly [tone: Tone, text: string];

/** A line whose width is known before it is painted. */
export type StyledLine = readonly Span[];

const STYLES = {
  strong: 'bold',
  muted: 'dim',
  accent: 'magenta',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
} as const satisfies Record<Tone, string>;

export function plainText(line: StyledLine): string {
  return line.map(textOf).join('').trimEnd();
}

/** With the escape codes of a terminal. */
export function painted(line: StyledLine): string {
  return line.map((span) => (typeof span === 'string' ? span : paint(span[0], span[1]))).join('');
}

/** Cut to so many columns: a line that the terminal breaks would be in the way of the next frame. */
export function cutTo(width: number, line: StyledLine): StyledLine {
  let room = width;
  const kept: Span[] = [];
  for (const span of line) {
    if (room <= 0) break;
    const text = fitted(textOf(span), room);
    room -= widthOf(text);
    kept.push(typeof span === 'string' ? text : [span[0], text]);
  }
  return kept;
}

export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, span) => sum + widthOf(textOf(span)), 0);
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span[1];
}

/** Whether there are colours at all is not decided here, but by whoever paints. */
function paint(tone: Tone, text: string): string {
  return text === '' ? '' : styleText(STYLES[tone], text, { validateStream: false });
}
