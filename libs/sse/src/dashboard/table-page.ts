import { type TablePage } from './page/answers.js';
import { type TableQuery } from './table-query.js';

/** What rows are sorted by. What has none comes last, in either order. */
export type SortKey = string | number | undefined;

/** A table over items that were there before: only the rows of the page that is asked for are made. */
export interface TableSource<Item, Row, Column extends string> {
  readonly items: readonly Item[];
  keyOf(item: Item, column: Column): SortKey;
  /** The texts that the filter looks into. */
  textsOf(item: Item): readonly (string | undefined)[];
  rowOf(item: Item): Row;
}

export function tablePage<Item, Row, Column extends string>(
  source: TableSource<Item, Row, Column>,
  { sort, isDescending, filter, page, size }: TableQuery<Column>,
): TablePage<Row> {
  const { items } = source;
  const matching = filter === '' ? items : items.filter((item) => includes(source.textsOf(item), filter));
  // Each key is read once, and not at each comparison.
  const keyed = matching.map((item) => ({ item, key: source.keyOf(item, sort) }));
  keyed.sort((one, other) => compare(one.key, other.key, isDescending));
  const pages = Math.max(1, Math.ceil(matching.length / size));
  const shown = Math.min(page, pages - 1);
  const rows = keyed.slice(shown * size, (shown + 1) * size).map(({ item }) => source.rowOf(item));
  return { total: items.length, matching: matching.length, page: shown, pages, rows };
}

function includes(texts: readonly (string | undefined)[], filter: string): boolean {
  return texts.some((text) => text?.toLowerCase().includes(filter));
}

function compare(one: SortKey, other: SortKey, isDescending: boolean): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other === isDescending ? 1 : -1;
}
