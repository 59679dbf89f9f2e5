/** Whole hashes: how many fields they have, and all of them. */
import type { HashEntry } from '../../keyspace/hash/fields.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { defineData, type Context } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import { keyArgument } from './arguments.ts';

export const hlen = defineData({
  name: 'HLEN',
  group: 'hash',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Counts the fields of a hash.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => hashAt(view, key)?.size ?? 0,
});

export const hgetall = defineData({
  name: 'HGETALL',
  group: 'hash',
  arity: 2,
  flags: ['readonly'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Returns all fields of a hash and their values.',
    since: '2.0.0',
    complexity: 'O(N) where N is the size of the hash.',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => ({
    kind: 'map',
    items: entriesAt(context, key, (items, [field, value]) => items.push(field, value)),
  }),
});

export const hkeys = defineData({
  name: 'HKEYS',
  group: 'hash',
  arity: 2,
  flags: ['readonly'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Returns all fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N) where N is the size of the hash.',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => entriesAt(context, key, (items, [field]) => items.push(field)),
});

export const hvals = defineData({
  name: 'HVALS',
  group: 'hash',
  arity: 2,
  flags: ['readonly'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Returns the values of all fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N) where N is the size of the hash.',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => entriesAt(context, key, (items, [, value]) => items.push(value)),
});

/** What `add` takes from each field. */
function entriesAt(
  { view }: Context,
  key: ByteString,
  add: (items: ByteString[], entry: HashEntry) => void,
): readonly ByteString[] {
  const items: ByteString[] = [];
  for (const entry of hashAt(view, key) ?? []) add(items, entry);
  return items;
}
