/**
 * Random SORT commands, good and bad, on what `sources` makes. Different elements differ in what any pattern leads to,
 * so that there is one right order.
 */
import fc from 'fast-check';
import { integer, optional, text, token, words } from './arbitrary-words.ts';

/** Something to sort of each type, and what patterns lead to: for all elements but one. */
export const sources: readonly (readonly string[])[] = [
  ['RPUSH', 'list', '3', '1', '2', '10', '1', '-1.5', '2'],
  ['RPUSH', 'words', 'x', '1', '', 'ab', 'x', '\xff', '0x1p3'],
  ['SADD', 'integers', '3', '1', '2', '10', '4'],
  ['SADD', 'members', '3', 'ab', '2', 'x', '1'],
  ['ZADD', 'scored', '1', '3', '2', '1', '2', 'x', '-5', '10'],
  ['SET', 'string', '1'],
  ['HSET', 'hash', '1', '1'],
  ['MSET', 'w_1', '7', 'w_2', '-3', 'w_3', '1e3', 'w_10', ' .5', 'w_4', 'inf', 'w_x', '0x10', 'w_ab', '2', 'w_', ''],
  ['MSET', '1_t', 'b', '2_t', 'B', '3_t', '', '10_t', 'abc', '4_t', 'ab', 'x_t', '\xff\x01', 'ab_t', '10', '_t', '9'],
  ['HSET', 'h_1', 'f', '5', 'g', 'x'],
  ['HSET', 'h_2', 'f', '4', 'g', 'w'],
  ['HSET', 'h_3', 'f', '-4', 'g', 'v'],
  ['HSET', 'h_10', 'f', '40', '', 'empty'],
  ['HSET', 'h_x', 'f', '', 'g', 'y'],
  ['HSET', 'h_ab', 'f', '1.25', 'f->g', 'arrows'],
];

/** Nothing is stored at those of the first line. */
const key = fc.oneof(
  { weight: 6, arbitrary: token('list', 'words', 'integers', 'members', 'scored') },
  token('string', 'hash', 'missing', 'to'),
);
const by = token('w_*', 'h_*->f', '*_t', 'nosort', '#', 'h_*', 'missing_*', 'string');
const get = fc.oneof(
  { weight: 2, arbitrary: by },
  token('h_*->g', 'h_*->', 'h_*->f->g', '*', 'w_1', 'w_*->f', '**', 'h->f*', '*->1'),
);
const option = fc.oneof(
  words('BY', by),
  { weight: 3, arbitrary: words('GET', get) },
  { weight: 2, arbitrary: token('ASC', 'DESC', 'ALPHA', 'desc', 'alpha', 'ALPHA').map((name) => [name]) },
  words('LIMIT', fc.oneof(token('0', '1', '2', '-1'), integer), fc.oneof(token('0', '1', '3', '-1'), integer)),
  words('STORE', token('to', 'to', 'string')),
  token('BY', 'GET', 'LIMIT', 'STORE', 'FOO', '').map((name) => [name]),
);
const sort = words(
  'SORT',
  key,
  fc.array(option, { maxLength: 4 }).map((options) => options.flat()),
);
const many = words(
  'SADD',
  token('members'),
  fc.integer({ min: 100, max: 300 }).map((count) => Array.from({ length: count }, (_, i) => String(i))),
);

const arbitrarySortCommand: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 12, arbitrary: sort },
  { weight: 3, arbitrary: sort.map(([, ...rest]) => ['SORT_RO', ...rest]) },
  { weight: 3, arbitrary: sort.map((found) => ['COMMAND', 'GETKEYS', ...found]) },
  words('LRANGE', token('to'), token('0'), token('-1')),
  words('DEL', token('to')),
  words('SET', token('to', 'w_3'), token('', 'abc', '1e4', '1x')),
  words('SORT', optional(text)),
  many,
);

/**
 * Whether elements may be compared as bytes that are the same, or are not there: in which order they come then is
 * nobody's business.
 */
function hasEquals(words: readonly string[]): boolean {
  if (!words.some((word) => word.toUpperCase() === 'ALPHA')) return false;
  const patterns = words.filter((word, i) => words[i - 1]?.toUpperCase() === 'BY' && word.includes('*'));
  const isWellKnown = words.some((word) => ['list', 'integers', 'scored'].includes(word));
  return patterns.some((pattern) => !isWellKnown || !['w_*', '*_t', 'h_*->f'].includes(pattern));
}

export const arbitrarySortCommands: fc.Arbitrary<string[][]> = fc
  .array(
    arbitrarySortCommand.filter((found) => !hasEquals(found)),
    { minLength: 1, maxLength: 30 },
  )
  .map((commands) => [...sources.map((found) => [...found]), ...commands]);

/** Whether nothing orders the elements, which matters if it is a set that they are in. */
export function isUnordered(words: readonly string[]): boolean {
  return words.some((word, i) => words[i - 1]?.toUpperCase() === 'BY' && !word.includes('*'));
}
