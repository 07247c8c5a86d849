/** One row of the screen, and whether the line that begins in it goes on in the next one. */
interface Row {
  text: string;
  goesOn: boolean;
}

const PIECE = /\u001b\[(\??[\d;]*)([A-Za-z])|\r|\n|[^\u001b\r\n]/gu;
const BEGUN = /\u001b(\[[?\d;]*)?$/;

/**
 * What a terminal shows of what was written to it: as much of one as a program needs that draws over its own lines. Rows
 * that scroll off are kept. Lines are broken anew when it becomes narrower, as terminals do that one uses today.
 */
export class TerminalScreen {
  isTTY = true;
  cursorIsShown = true;
  #rows: Row[] = [{ text: '', goesOn: false }];
  #row = 0;
  #column = 0;
  /** The beginning of an escape sequence whose end was not written yet. */
  #begun = '';
  readonly #listeners = new Set<() => void>();

  constructor(
    public columns = 80,
    public rows = 24,
  ) {}

  write(text: string): boolean {
    const all = this.#begun + text;
    const [begun = ''] = BEGUN.exec(all) ?? [];
    this.#begun = begun;
    for (const [piece, parameters = '', command] of all.slice(0, all.length - begun.length).matchAll(PIECE)) {
      if (command !== undefined) this.#obey(command, parameters);
      else if (piece === '\n') this.#breakLine();
      else if (piece === '\r') this.#column = 0;
      else this.#put(piece);
    }
    return true;
  }

  /** The lines with something in them, down to the last. */
  get lines(): string[] {
    const lines: string[] = [];
    let line = '';
    for (const { text, goesOn } of this.#rows) {
      line += text;
      if (goesOn) continue;
      lines.push(line.trimEnd());
      line = '';
    }
    return lines.join('\n').trimEnd().split('\n');
  }

  on(_event: 'resize', listener: () => void): this {
    this.#listeners.add(listener);
    return this;
  }

  off(_event: 'resize', listener: () => void): this {
    this.#listeners.delete(listener);
    return this;
  }

  /** The cursor is at the beginning of the last line, as it is between two frames. */
  resize(columns: number): void {
    const { lines } = this;
    this.columns = columns;
    this.#rows = lines.flatMap((line) => broken(line, columns));
    this.#rows.push({ text: '', goesOn: false });
    this.#row = this.#rows.length - 1;
    this.#column = 0;
    for (const listener of this.#listeners) listener();
  }

  #obey(command: string, parameters: string): void {
    const number = Number(parameters || 1);
    if (parameters === '?25') this.cursorIsShown = command === 'h';
    else if (command === 'A') this.#row = Math.max(0, this.#row - number);
    else if (command === 'F') [this.#row, this.#column] = [Math.max(0, this.#row - number), 0];
    else if (command === 'G') this.#column = number - 1;
    else if (command === 'K') this.#rows[this.#row] = { text: '', goesOn: false };
    else if (command === 'J') this.#rows = [...this.#rows.slice(0, this.#row), { text: '', goesOn: false }];
    else if (command !== 'm') throw new Error(`The screen does not know CSI ${parameters}${command}`);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      this.#current.goesOn = true;
      this.#breakLine();
    }
    const row = this.#current;
    row.text = row.text.padEnd(this.#column).slice(0, this.#column) + character + row.text.slice(this.#column + 1);
    this.#column++;
  }

  #breakLine(): void {
    this.#row++;
    this.#column = 0;
    if (this.#row === this.#rows.length) this.#rows.push({ text: '', goesOn: false });
  }

  get #current(): Row {
    const row = this.#rows[this.#row];
    if (!row) throw new Error(`No row ${this.#row}`);
    return row;
  }
}

function broken(line: string, columns: number): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at === 0 || at < line.length; at += columns) {
    rows.push({ text: line.slice(at, at + columns), goesOn: at + columns < line.length });
  }
  return rows;
}
