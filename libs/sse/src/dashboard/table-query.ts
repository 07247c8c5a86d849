import { BadRequestException } from '@nestjs/common';

/** What is asked of a table. */
export interface TableQuery<Column extends string> {
  readonly sort: Column;
  readonly isDescending: boolean;
  /** In lower case; empty for all rows. */
  readonly filter: string;
  /** From 0 on. */
  readonly page: number;
  readonly size: number;
}

const DEFAULT_SIZE = 25;
/** No answer is longer than this, whatever is asked for. */
const MAX_SIZE = 100;
const MAX_FILTER = 200;

/**
 * Reads it from the query of an address. Numbers out of range are taken to the next that is in it.
 *
 * @param columns those that can be sorted by, the default first
 * @throws BadRequestException for a column that is none
 */
export function readTableQuery<Column extends string>(
  query: URLSearchParams,
  columns: readonly [Column, ...Column[]],
): TableQuery<Column> {
  const wanted = query.get('sort') ?? columns[0];
  const sort = columns.find((column) => column === wanted);
  if (!sort) throw new BadRequestException(`There is no column of this name: sort by ${columns.join(', ')}.`);
  return {
    sort,
    isDescending: query.get('order') === 'desc',
    filter: (query.get('filter') ?? '').trim().slice(0, MAX_FILTER).toLowerCase(),
    page: wholeBetween(query.get('page'), 0, Number.MAX_SAFE_INTEGER, 0),
    size: wholeBetween(query.get('size'), 1, MAX_SIZE, DEFAULT_SIZE),
  };
}

function wholeBetween(text: string | null, least: number, most: number, otherwise: number): number {
  const number = text === null || text === '' ? otherwise : Math.trunc(Number(text));
  return Number.isNaN(number) ? otherwise : Math.min(most, Math.max(least, number));
}
