import { element } from './element.js';
import { type Column } from './table-rows.js';

/** The head of a table, whose titles are the buttons to sort by. */
export class TableHead<Row> {
  readonly node: HTMLTableSectionElement;
  private readonly cells: readonly HTMLTableCellElement[];

  constructor(
    private readonly columns: readonly Column<Row>[],
    public sort: string,
    public isDescending: boolean,
    private readonly changed: () => void,
  ) {
    this.cells = columns.map((column) => this.cell(column));
    this.node = element('thead', {}, element('tr', {}, ...this.cells));
    this.mark();
  }

  private cell({ title, sort, isNumber = false, isMinor = false }: Column<Row>): HTMLTableCellElement {
    const name = [isNumber ? 'number' : '', isMinor ? 'minor' : ''].join(' ').trim();
    if (sort === undefined) return element('th', { scope: 'col', class: name }, title);
    const button = element('button', { type: 'button', class: 'sort' }, title);
    button.addEventListener('click', () => this.choose(sort, isNumber));
    return element('th', { scope: 'col', class: name }, button);
  }

  /** The other order if it is sorted by already; else numbers from the highest, names from the first. */
  private choose(sort: string, isNumber: boolean): void {
    this.isDescending = this.sort === sort ? !this.isDescending : isNumber;
    this.sort = sort;
    this.mark();
    this.changed();
  }

  private mark(): void {
    this.columns.forEach(({ sort }, index) => {
      if (sort === undefined) return;
      const order = this.isDescending ? 'descending' : 'ascending';
      this.cells[index]?.setAttribute('aria-sort', sort === this.sort ? order : 'none');
    });
  }
}
