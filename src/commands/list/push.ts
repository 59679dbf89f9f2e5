/** `LPUSH`, `RPUSH`, `LPUSHX` and `RPUSHX`. */
import type { Side } from '../../keyspace/effect.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { defineData, type Arguments, type DataCommand } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { listAt } from '../values.ts';

const facts = {
  group: 'list',
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['list'],
  keys: [oneKey(['RW', 'INSERT'])],
} as const satisfies Partial<DataCommand>;

const docFacts = {
  complexity:
    'O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.',
  arguments: [
    { name: 'key', type: 'key', keySpecIndex: 0 },
    { name: 'element', type: 'string', multiple: true },
  ],
} as const satisfies Partial<DataCommand['doc']>;

export const lpush = defineData({
  name: 'LPUSH',
  ...facts,
  doc: {
    summary: 'Puts elements before a list, one after another, and makes the list where there is none.',
    since: '1.0.0',
    ...docFacts,
    history: [['2.4.0', 'Takes several elements.']],
  },
  parse: parsePush,
  execute: ({ view }, push) => pushTo(view, 'left', push),
});

export const rpush = defineData({
  name: 'RPUSH',
  ...facts,
  doc: {
    summary: 'Appends elements to a list, and makes the list where there is none.',
    since: '1.0.0',
    ...docFacts,
    history: [['2.4.0', 'Takes several elements.']],
  },
  parse: parsePush,
  execute: ({ view }, push) => pushTo(view, 'right', push),
});

export const lpushx = defineData({
  name: 'LPUSHX',
  ...facts,
  doc: {
    summary: 'Puts elements before a list, one after another, if the list exists.',
    since: '2.2.0',
    ...docFacts,
    history: [['4.0.0', 'Takes several elements.']],
  },
  parse: parsePush,
  execute: ({ view }, push) => pushToExisting(view, 'left', push),
});

export const rpushx = defineData({
  name: 'RPUSHX',
  ...facts,
  doc: {
    summary: 'Appends elements to a list, if the list exists.',
    since: '2.2.0',
    ...docFacts,
    history: [['4.0.0', 'Takes several elements.']],
  },
  parse: parsePush,
  execute: ({ view }, push) => pushToExisting(view, 'right', push),
});

interface Push {
  readonly key: ByteString;
  readonly elements: readonly ByteString[];
}

function parsePush(argv: Arguments): Push {
  return { key: argv[1] as ByteString, elements: argv.slice(2) };
}

/** Returns how long the list is then. */
function pushTo(view: View, side: Side, { key, elements }: Push): number {
  const size = listAt(view, key)?.size ?? 0;
  view.apply({ kind: 'pushElements', key, side, elements });
  return size + elements.length;
}

function pushToExisting(view: View, side: Side, push: Push): number {
  return view.has(push.key) ? pushTo(view, side, push) : 0;
}
