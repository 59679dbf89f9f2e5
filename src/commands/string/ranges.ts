/** Parts of strings: lengths, ranges, appending. */
import { byteStringLengthMax, type ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineData, type Context } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { integerOf } from '../numbers.ts';
import { stringAt } from '../values.ts';

export const strlen = defineData({
  name: 'STRLEN',
  group: 'string',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Returns the length of the string at a key.',
    since: '2.2.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => stringAt(view, key)?.length ?? 0,
});

export const append = defineData({
  name: 'APPEND',
  group: 'string',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'INSERT'])],
  doc: {
    summary: 'Appends to the string at a key; a missing key counts as empty.',
    since: '2.0.0',
    complexity:
      'O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by the server will double the free space available on every reallocation.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'value', type: 'string' },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, bytes: argv[2] as ByteString }),
  execute: ({ view, server }, { key, bytes }) => {
    const old = stringAt(view, key);
    const length = (old?.length ?? 0) + bytes.length;
    checkLength(length, server.configuration.bulkLengthMax);
    if (old === undefined || bytes !== '') view.writeString(key, old?.length ?? 0, bytes, 'append');
    return length;
  },
});

function checkLength(length: number, bulkLengthMax: number): void {
  if (length > Math.min(bulkLengthMax, byteStringLengthMax)) {
    throw new CommandError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
}

export const getrange = defineData({
  name: 'GETRANGE',
  group: 'string',
  arity: 4,
  flags: ['readonly'],
  categories: ['string'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns a part of the string at a key.',
    since: '2.4.0',
    complexity:
      'O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'start', type: 'integer' },
      { name: 'end', type: 'integer' },
    ],
  },
  parse: (argv) => parseRange(argv),
  execute: (context, range) => getRange(context, range),
});

interface Range {
  readonly key: ByteString;
  readonly start: number;
  readonly end: number;
}

function parseRange(argv: readonly ByteString[]): Range {
  return {
    key: argv[1] as ByteString,
    start: Number(integerOf(argv[2] as ByteString)),
    end: Number(integerOf(argv[3] as ByteString)),
  };
}

function getRange({ view }: Context, { key, start, end }: Range): Reply {
  const value = stringAt(view, key) ?? '';
  if (start < 0 && end < 0 && start > end) return '';
  const from = Math.max(0, start < 0 ? value.length + start : start);
  const to = Math.max(0, end < 0 ? value.length + end : end);
  return value.slice(from, to + 1);
}

export const substr = defineData({
  name: 'SUBSTR',
  group: 'string',
  arity: 4,
  flags: ['readonly'],
  categories: ['string'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns a part of the string at a key.',
    since: '1.0.0',
    complexity:
      'O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.',
    deprecatedSince: '2.0.0',
    replacedBy: '`GETRANGE`',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'start', type: 'integer' },
      { name: 'end', type: 'integer' },
    ],
  },
  parse: (argv) => parseRange(argv),
  execute: (context, range) => getRange(context, range),
});

export const setrange = defineData({
  name: 'SETRANGE',
  group: 'string',
  arity: 4,
  flags: ['write', 'denyoom'],
  categories: ['string'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Overwrites a part of the string at a key, filling a gap with zero bytes.',
    since: '2.2.0',
    complexity:
      'O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'offset', type: 'integer' },
      { name: 'value', type: 'string' },
    ],
  },
  parse: (argv) => {
    const offset = integerOf(argv[2] as ByteString);
    if (offset < 0) throw new CommandError('ERR offset is out of range');
    return { key: argv[1] as ByteString, offset: Number(offset), bytes: argv[3] as ByteString };
  },
  execute: ({ view, server }, { key, offset, bytes }) => {
    const old = stringAt(view, key);
    if (bytes === '') return old?.length ?? 0;
    checkLength(offset + bytes.length, server.configuration.bulkLengthMax);
    view.writeString(key, offset, bytes);
    return Math.max(old?.length ?? 0, offset + bytes.length);
  },
});
