import { type Level } from './answers.js';
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
  /** Shown as a colour beside the text. */
  readonly levelOf?: (row: Row) => Level;
}

/** What the rows of a table are, beside their columns. */
export interface RowKind<Row> {
  readonly keyOf: (row: Row) => string;
  /** Short words behind the first text, such as `dashboard`. */
  readonly tagsOf?: (row: Row) => readonly string[];
  readonly isBad?: (row: Row) => boolean;
  /** What the button in the first column does. Without it there is none. */
  readonly action?: { readonly purpose: (row: Row) => string; readonly open: (row: Row) => void };
}

interface ShownRow<Row> {
  row: Row;
  readonly node: HTMLTableRowElement;
  readonly cells: readonly HTMLElement[];
  readonly name: HTMLElement;
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
    const { action } = this.kind;
    const name = action
      ? element('button', { type: 'button', class: 'open-row' })
      : element('span', { class: 'row-name' });
    const tags = element('span', { class: 'tags' });
    const cells = this.columns.map(({ isNumber = false, isMinor = false }, index) => {
      const attributes = { class: [isNumber ? 'number' : '', isMinor ? 'minor' : ''].join(' ').trim() };
      return index === 0 ? element('th', { ...attributes, scope: 'row' }, name, tags) : element('td', attributes);
    });
    const shown = { row, node: element('tr', {}, ...cells), cells, name, tags };
    if (action) name.addEventListener('click', () => action.open(shown.row));
    return shown;
  }

  private fill(shown: ShownRow<Row> | undefined, row: Row): void {
    if (!shown) return;
    shown.row = row;
    const { action, tagsOf, isBad } = this.kind;
    this.columns.forEach(({ text, levelOf }, index) => {
      const node = index === 0 ? shown.name : shown.cells[index];
      if (!node) return;
      setText(node, text(row));
      if (levelOf) node.dataset.level = levelOf(row);
    });
    shown.name.title = shown.name.textContent;
    if (action) shown.name.setAttribute('aria-label', action.purpose(row));
    setText(shown.tags, tagsOf?.(row).join(' · ') ?? '');
    shown.node.classList.toggle('bad', isBad?.(row) ?? false);
  }
}
