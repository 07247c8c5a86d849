import { describe, expect, it } from '@jest/globals';
import { BadRequestException } from '@nestjs/common';
import { readTableQuery } from './table-query.js';

const read = (text: string) => readTableQuery(new URLSearchParams(text), ['name', 'age']);

describe('the query of a table', () => {
  it('has a default for everything', () => {
    expect(read('')).toEqual({ sort: 'name', isDescending: false, filter: '', page: 0, size: 25 });
  });

  it('is read from an address', () => {
    expect(read('sort=age&order=desc&filter=+Ada+&page=3&size=50')).toEqual({
      sort: 'age',
      isDescending: true,
      filter: 'ada',
      page: 3,
      size: 50,
    });
  });

  it.each([
    ['size=0', { size: 1 }],
    ['size=101', { size: 100 }],
    ['size=Infinity', { size: 100 }],
    ['size=many', { size: 25 }],
    ['page=-1', { page: 0 }],
    ['page=1.9', { page: 1 }],
    ['page=NaN', { page: 0 }],
    [`filter=${'x'.repeat(1_000)}`, { filter: 'x'.repeat(200) }],
  ])('stays within its bounds: %s', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });

  it.each(['sort=password', 'sort=constructor', 'sort='])('sorts by nothing that is no column: %s', (text) => {
    expect(() => read(text)).toThrow(BadRequestException);
  });
});
