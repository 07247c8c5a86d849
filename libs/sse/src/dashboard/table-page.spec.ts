import { describe, expect, it } from '@jest/globals';
import { tablePage, type TableSource } from './table-page.js';
import { type TableQuery } from './table-query.js';

interface Person {
  name?: string;
  age: number;
}

const people: Person[] = [
  { name: 'Grace', age: 85 },
  { name: 'ada', age: 36 },
  { age: 7 },
  { name: 'Edsger', age: 72 },
  { name: 'Alan', age: 36 },
];
let made = 0;
const source: TableSource<Person, string, 'name' | 'age'> = {
  items: people,
  keyOf: (person, column) => person[column],
  textsOf: ({ name }) => [name],
  rowOf: ({ name = '–' }) => {
    made++;
    return name;
  },
};

function ask(query: Partial<TableQuery<'name' | 'age'>>) {
  return tablePage(source, { sort: 'age', isDescending: false, filter: '', page: 0, size: 10, ...query });
}

describe('a page of a table', () => {
  it('is sorted by a column, those that are equal as they came', () => {
    expect(ask({}).rows).toEqual(['–', 'ada', 'Alan', 'Edsger', 'Grace']);
    expect(ask({ isDescending: true }).rows).toEqual(['Grace', 'Edsger', 'ada', 'Alan', '–']);
  });

  it('has what can not be sorted last, in either order', () => {
    expect(ask({ sort: 'name' }).rows).toEqual(['Alan', 'Edsger', 'Grace', 'ada', '–']);
    expect(ask({ sort: 'name', isDescending: true }).rows).toEqual(['ada', 'Grace', 'Edsger', 'Alan', '–']);
  });

  it('has only what matches the filter, in upper case or in lower', () => {
    expect(ask({ filter: 'a' })).toMatchObject({ total: 5, matching: 3, rows: ['ada', 'Alan', 'Grace'] });
    expect(ask({ filter: 'nobody' })).toEqual({ total: 5, matching: 0, page: 0, pages: 1, rows: [] });
  });

  it('is cut out of all, and makes no row but its own', () => {
    made = 0;
    expect(ask({ size: 2, page: 1 })).toEqual({ total: 5, matching: 5, page: 1, pages: 3, rows: ['Alan', 'Edsger'] });
    expect(made).toBe(2);
  });

  it('is the last one where there are not so many any more', () => {
    expect(ask({ size: 2, page: 9 })).toMatchObject({ page: 2, pages: 3, rows: ['Grace'] });
  });

  it('leaves the items as they are', () => {
    const before = [...people];
    ask({ sort: 'name' });
    expect(people).toEqual(before);
  });
});
