import { expect, it } from 'vitest';
import { parseClientFilter } from '../../../src/verify/report/browser/client-filter.ts';

it.each([
  ['', [0, 1, 5, 9]],
  ['1', [1]],
  [' 1, 5-9 ', [1, 5, 9]],
  ['0-4 9', [0, 1, 9]],
  ['7-6', []],
])('clients %j', (text, shown) => {
  expect([0, 1, 5, 9].filter((process) => parseClientFilter(text)?.(process))).toEqual(shown);
});

it.each(['x', '1-', '1..2', '1 to 3'])('cannot read %j', (text) => {
  expect(parseClientFilter(text)).toBeUndefined();
});
