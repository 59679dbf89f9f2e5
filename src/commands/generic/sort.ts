/** SORT and SORT_RO. */
import type { CollectionValue } from '../../keyspace/value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { CommandError, syntaxError, wrongType } from '../command-error.ts';
import { keyFlag, oneKey, type KeySpec } from '../key-spec.ts';
import { integerOf } from '../numbers.ts';
import { storeResult } from '../store-result.ts';
import { inOrder } from './sort-order.ts';
import { follow, parsePattern, type Pattern } from './sort-pattern.ts';

const unknownKeys = (flags: readonly string[], notes: string): KeySpec => ({
  flags,
  notes,
  begin: { kind: 'unknown' },
  find: { kind: 'unknown' },
});

const readKeys: readonly KeySpec[] = [
  oneKey(['RO', 'ACCESS']),
  unknownKeys(
    ['RO', 'ACCESS'],
    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
  ),
];

const complexity =
  'O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).';

const readArguments: readonly Argument[] = [
  { name: 'key', type: 'key', keySpecIndex: 0 },
  { name: 'by-pattern', displayText: 'pattern', type: 'pattern', token: 'BY', keySpecIndex: 1, optional: true },
  {
    name: 'limit',
    type: 'block',
    token: 'LIMIT',
    optional: true,
    arguments: [
      { name: 'offset', type: 'integer' },
      { name: 'count', type: 'integer' },
    ],
  },
  {
    name: 'get-pattern',
    displayText: 'pattern',
    type: 'pattern',
    token: 'GET',
    keySpecIndex: 1,
    optional: true,
    multiple: true,
    multipleToken: true,
  },
  {
    name: 'order',
    type: 'oneof',
    optional: true,
    arguments: [
      { name: 'asc', type: 'pure-token', token: 'ASC' },
      { name: 'desc', type: 'pure-token', token: 'DESC' },
    ],
  },
  { name: 'sorting', type: 'pure-token', token: 'ALPHA', optional: true },
];

export const sort = defineData({
  name: 'SORT',
  group: 'generic',
  arity: -2,
  flags: ['write', 'denyoom'],
  categories: ['set', 'sortedset', 'list', 'dangerous'],
  keys: [
    ...readKeys,
    unknownKeys(
      ['OW', 'UPDATE'],
      "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
    ),
  ],
  moreKeys: (argv) => {
    const store = destinationIn(argv);
    return store === undefined ? [] : [{ key: store, flags: ['OW', 'UPDATE'].map(keyFlag) }];
  },
  doc: {
    summary: 'Sorts a list, a set or a sorted set, by what its elements are or lead to.',
    since: '1.0.0',
    complexity,
    arguments: [
      ...readArguments,
      { name: 'destination', type: 'key', token: 'STORE', keySpecIndex: 2, optional: true },
    ],
  },
  parse: (argv) => parseSort(argv, true),
  execute: (context, args) => {
    const sorted = sortedElements(context, args);
    const { view } = context;
    const { store } = args;
    if (store === undefined) return sorted;
    const elements = sorted.map((element) => element ?? '');
    const result = { kind: 'pushElements', key: store, side: 'right', elements, event: 'sortstore' } as const;
    storeResult(view, store, elements.length > 0 ? result : undefined);
    return elements.length;
  },
});

export const sortRo = defineData({
  name: 'SORT_RO',
  group: 'generic',
  arity: -2,
  flags: ['readonly'],
  categories: ['set', 'sortedset', 'list', 'dangerous'],
  keys: readKeys,
  doc: {
    summary: 'Sorts a list, a set or a sorted set, and stores nothing.',
    since: '7.0.0',
    complexity,
    arguments: readArguments,
  },
  parse: (argv) => parseSort(argv, false),
  execute: sortedElements,
});

/** Words behind options that are not options, whatever they say. */
const valuesOf: ReadonlyMap<string, number> = new Map([
  ['LIMIT', 2],
  ['GET', 1],
  ['BY', 1],
]);

/** The last one, even among words that SORT would refuse. */
function destinationIn(argv: Arguments): ByteString | undefined {
  let destination: ByteString | undefined;
  for (let i = 2; i < argv.length; i++) {
    const option = (argv[i] as ByteString).toUpperCase();
    if (option === 'STORE') destination = argv[i + 1] ?? destination;
    i += valuesOf.get(option) ?? 0;
  }
  return destination;
}

interface SortArguments {
  readonly key: ByteString;
  by: Pattern | undefined;
  /** Whether some BY has nothing to stand for the element, which asks for no order. */
  isUnordered: boolean;
  readonly get: Pattern[];
  offset: number;
  /** Negative: all. */
  count: number;
  isDescending: boolean;
  isAlpha: boolean;
  store: ByteString | undefined;
}

function parseSort(argv: Arguments, mayStore: boolean): SortArguments {
  const parsed: SortArguments = {
    key: argv[1] as ByteString,
    by: undefined,
    isUnordered: false,
    get: [],
    offset: 0,
    count: -1,
    isDescending: false,
    isAlpha: false,
    store: undefined,
  };
  for (let i = 2; i < argv.length;) i += takeOption(parsed, argv, i, mayStore);
  return parsed;
}

/** @returns how many words it has */
function takeOption(parsed: SortArguments, argv: Arguments, at: number, mayStore: boolean): number {
  const option = (argv[at] as ByteString).toUpperCase();
  const [next, second] = [argv[at + 1], argv[at + 2]];
  if (option === 'ASC' || option === 'DESC') {
    parsed.isDescending = option === 'DESC';
    return 1;
  }
  if (option === 'ALPHA') {
    parsed.isAlpha = true;
    return 1;
  }
  if (next === undefined) throw new CommandError(syntaxError);
  if (option === 'LIMIT' && second !== undefined) {
    parsed.offset = Number(integerOf(next));
    parsed.count = Number(integerOf(second));
    return 3;
  }
  if (option === 'BY') {
    parsed.by = parsePattern(next);
    parsed.isUnordered ||= !next.includes('*');
  } else if (option === 'GET') parsed.get.push(parsePattern(next));
  else if (option === 'STORE' && mayStore) parsed.store = next;
  else throw new CommandError(syntaxError);
  return 2;
}

/** What is answered, or stored; null: a pattern of GET leads nowhere. */
function sortedElements(context: Context, args: SortArguments): readonly (ByteString | null)[] {
  const { key, get } = args;
  const view = context.view.reading;
  const value = view.get(key);
  if (value === undefined) return [];
  if (typeof value === 'string' || value.kind === 'hash') throw new CommandError(wrongType);
  const chosen = chosenElements(value, args, (pattern, element) => follow(pattern, element, view));
  if (get.length === 0) return chosen;
  return chosen.flatMap((element) => get.map((pattern) => follow(pattern, element, view) ?? null));
}

type Sortable = Exclude<CollectionValue, { readonly kind: 'hash' }>;
type Follow = (pattern: Pattern, element: ByteString) => ByteString | undefined;

/** In their order, within the limits. */
function chosenElements(value: Sortable, args: SortArguments, followed: Follow): readonly ByteString[] {
  const { by, isUnordered, isAlpha, isDescending, store } = args;
  const { size } = value;
  const [from, to] = limitsOf(args, size);
  // What has no order of its own gets one where it is kept.
  if (isUnordered && !(value.kind === 'set' && store !== undefined)) {
    const isReversed = isDescending && value.kind !== 'set';
    return isReversed ? elementsIn(value, size - to, size - from).toReversed() : elementsIn(value, from, to);
  }
  const elements = elementsIn(value, 0, size);
  const pattern = isUnordered ? undefined : by;
  const weighed = elements.map((element) => ({
    element,
    by: pattern === undefined ? element : followed(pattern, element),
  }));
  const order = { isAlpha: isAlpha || isUnordered, isDescending, isByPattern: pattern !== undefined };
  return inOrder(weighed, order)
    .slice(from, to)
    .map(({ element }) => element);
}

function elementsIn(value: Sortable, from: number, to: number): readonly ByteString[] {
  switch (value.kind) {
    case 'list':
      return value.slice(from, to);
    case 'set':
      return [...value].slice(from, to);
    case 'zset':
      return value.slice(from, to).map(({ member }) => member);
  }
}

function limitsOf({ offset, count }: SortArguments, size: number): readonly [from: number, to: number] {
  const from = Math.min(Math.max(offset, 0), size);
  return [from, count < 0 ? size : Math.min(from + count, size)];
}
