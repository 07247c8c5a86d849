import { element, setText } from './element.js';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** By which name the server sorts by it; without one it does not. */
  readonly sort?: string;
  readonly text: (row: Row) => string;
  readonly isNumber?: boolean;
  /** Not shown on a phone: a look into the row tells it. */
  readonly isMinor?: boolean;
}

/** What the rows of a table are, beside their columns. */
export interface RowKind<Row> {
  readonly keyOf: (row: Row) => string;
  /** Short words behind the first text, such as `dashboard`. */
  readonly tagsOf?: (row: Row) => readonly string[];
  readonly isBad?: (row: Row) => boolean;
  /** What the button in the first column is for. */
  readonly purpose: (row: Row) => string;
  readonly open: (row: Row) => void;
}

interface ShownRow<Row> {
  row: Row;
  readonly node: HTMLTableRowElement;
  readonly cells: readonly HTMLElement[];
  readonly button: HTMLButtonElement;
  readonly tags: HTMLElement;
}

/** The body of a table. A row that is there before and after keeps its elements, and with them the focus. */
export class TableRows<Row> {
  readonly node = element('tbody');
  private shown = new Map<string, ShownRow<Row>>();

  constructor(
    private readonly columns: readonly Column<Row>[],
    private readonly kind: RowKind<Row>,
  ) {}

  show(rows: readonly Row[]): void {
    const focused = document.activeElement;
    const before = this.shown;
    this.shown = new Map(
      rows.map((row) => {
        const key = this.kind.keyOf(row);
        return [key, before.get(key) ?? this.newRow(row)];
      }),
    );
    for (const row of rows) this.fill(this.shown.get(this.kind.keyOf(row)), row);
    const nodes = [...this.shown.values()].map(({ node }) => node);
    if (nodes.length === this.node.children.length && nodes.every((node, at) => node === this.node.children[at]))
      return;
    this.node.replaceChildren(...nodes);
    // What is moved loses the focus.
    if (focused instanceof HTMLElement && this.node.contains(focused)) focused.focus({ preventScroll: true });
  }

  private newRow(row: Row): ShownRow<Row> {
    const button = element('button', { type: 'button', class: 'open-row' });
    const tags = element('span', { class: 'tags' });
    const cells = this.columns.map(({ isNumber = false, isMinor = false }, index) => {
      const name = [isNumber ? 'number' : '', isMinor ? 'minor' : ''].join(' ').trim();
      const attributes = { class: name };
      return index === 0 ? element('th', { ...attributes, scope: 'row' }, button, tags) : element('td', attributes);
    });
    const shown = { row, node: element('tr', {}, ...cells), cells, button, tags };
    button.addEventListener('click', () => this.kind.open(shown.row));
    return shown;
  }

  private fill(shown: ShownRow<Row> | undefined, row: Row): void {
    if (!shown) return;
    shown.row = row;
    this.columns.forEach(({ text }, index) => {
      const node = index === 0 ? shown.button : shown.cells[index];
      if (node) setText(node, text(row));
    });
    shown.button.title = shown.button.textContent;
    shown.button.setAttribute('aria-label', this.kind.purpose(row));
    setText(shown.tags, this.kind.tagsOf?.(row).join(' · ') ?? '');
    shown.node.classList.toggle('bad', this.kind.isBad?.(row) ?? false);
  }
}
