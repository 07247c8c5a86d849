import { type TablePage } from './answers.js';
import { element, setText } from './element.js';
import { exactly } from './format.js';
import { get } from './requests.js';
import { TableHead } from './table-head.js';
import { type Column, type RowKind, TableRows } from './table-rows.js';

export interface TableDescription<Row, Answer extends TablePage<Row> = TablePage<Row>> extends RowKind<Row> {
  /** Where the server has it. */
  readonly path: string;
  readonly caption: string;
  /** What its rows are, behind their number: one of them is called so without the last letter. */
  readonly noun: string;
  readonly filterLabel: string;
  readonly columns: readonly Column<Row>[];
  readonly sort: string;
  readonly isDescending: boolean;
  readonly nothing: string;
  /** For what the server answers beside the rows. */
  readonly answered?: (answer: Answer) => void;
}

/** Somebody who types is asked for after this time, not at each letter. */
const TYPING = 200;

/** A table that the server sorts, filters and cuts into pages: however long it is, this page has no more than one of them. */
export class LiveTable<Row, Answer extends TablePage<Row> = TablePage<Row>> {
  readonly node: HTMLElement;
  /** What else is asked for with each look. */
  extra: Readonly<Record<string, string>> = {};
  /** Stands in the toolbar, for what is to be seen with the table. */
  readonly aside = element('span', { class: 'aside' });
  private readonly head: TableHead<Row>;
  private readonly rows: TableRows<Row>;
  private readonly filter: HTMLInputElement;
  private readonly back = element('button', { type: 'button', class: 'quiet' }, 'Back');
  private readonly next = element('button', { type: 'button', class: 'quiet' }, 'Next');
  private readonly summary = element('p', { class: 'summary' });
  private readonly nothing: HTMLElement;
  private page = 0;
  /** Answers may overtake each other: only that to the last question is shown. */
  private asked = 0;
  private isAsking = false;
  private typing: number | undefined;

  constructor(private readonly description: TableDescription<Row, Answer>) {
    const { columns, sort, isDescending, caption, filterLabel, nothing } = description;
    this.head = new TableHead(columns, sort, isDescending, () => this.turnTo(0));
    this.rows = new TableRows(columns, description);
    this.nothing = element('p', { class: 'nothing' }, nothing);
    const field = { type: 'search', placeholder: filterLabel, 'aria-label': filterLabel, maxlength: '200' };
    this.filter = element('input', { ...field, autocomplete: 'off', spellcheck: 'false' });
    this.filter.addEventListener('input', () => this.typed());
    this.back.addEventListener('click', () => this.turnTo(this.page - 1));
    this.next.addEventListener('click', () => this.turnTo(this.page + 1));
    const title = element('caption', { class: 'visually-hidden' }, caption);
    const table = element('table', {}, title, this.head.node, this.rows.node);
    const pager = element('div', { class: 'pager' }, this.summary, this.back, this.next);
    this.node = element(
      'div',
      {},
      element('div', { class: 'toolbar' }, this.filter, this.aside, pager),
      // It may be wider than the screen: then it is moved by keys as well.
      element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption }, table),
      this.nothing,
    );
  }

  /** Shows what is there now, unless an answer is still awaited. */
  async refresh(): Promise<void> {
    if (!this.isAsking) await this.ask();
  }

  turnTo(page: number): void {
    this.page = Math.max(0, page);
    void this.ask();
  }

  private typed(): void {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.turnTo(0), TYPING);
  }

  private async ask(): Promise<void> {
    const question = ++this.asked;
    this.isAsking = true;
    try {
      const answer = await get<Answer>(this.description.path, {
        ...this.extra,
        sort: this.head.sort,
        order: this.head.isDescending ? 'desc' : 'asc',
        filter: this.filter.value,
        page: String(this.page),
      });
      if (question === this.asked) this.show(answer);
    } catch {
      // The stream tells what is wrong with the server; what was there stays.
    } finally {
      if (question === this.asked) this.isAsking = false;
    }
  }

  private show(answer: Answer): void {
    const { total, matching, page, pages, rows } = answer;
    this.description.answered?.(answer);
    this.page = page;
    this.rows.show(rows);
    this.nothing.hidden = matching > 0;
    const { noun } = this.description;
    const all = `${matching === total ? '' : `${exactly(matching)} of `}${exactly(total)} ${total === 1 ? noun.slice(0, -1) : noun}`;
    setText(this.summary, pages > 1 ? `${all}, page ${exactly(page + 1)} of ${exactly(pages)}` : all);
    for (const button of [this.back, this.next]) button.hidden = pages === 1;
    this.back.disabled = page === 0;
    this.next.disabled = page === pages - 1;
  }
}
