import { widthOf } from './printable.js';
import { type Span, type StyledLine, type Tone } from './styled-line.js';

/** One number with its name. */
export interface Cell {
  name: string;
  value: string;
  tone?: Tone;
}

const CELL = 18;
const GAP = '  ';

/** Cells in rows of as many as fit into the width, all of one size so that the numbers stand below each other. */
export function gridOf(cells: readonly Cell[], width: number): StyledLine[] {
  const perRow = Math.max(1, Math.floor((width + GAP.length) / (CELL + GAP.length)));
  const rows: StyledLine[] = [];
  for (let at = 0; at < cells.length; at += perRow) {
    rows.push(cells.slice(at, at + perRow).flatMap((cell, index) => (index > 0 ? [GAP, ...spans(cell)] : spans(cell))));
  }
  return rows;
}

/** Rows of texts in columns: the first to the left, the others, which are numbers, to the right. */
export function alignedRows(rows: readonly (readonly string[])[], gap = '  '): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((text, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(text))));
  return rows.map((row) =>
    row
      .map((text, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - widthOf(text));
        return column === 0 ? text + blanks : blanks + text;
      })
      .join(gap)
      .trimEnd(),
  );
}

function spans({ name, value, tone }: Cell): Span[] {
  const blanks = ' '.repeat(Math.max(1, CELL - widthOf(name) - widthOf(value)));
  return [['muted', name], blanks, tone === undefined ? value : [tone, value]];
}
