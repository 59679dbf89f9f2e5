/** Commands on several sets. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { defineData, type Arguments, type Context, type DataCommand } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { keysFrom, oneKey } from '../key-spec.ts';
import { boundedIntegerOf } from '../numbers.ts';
import { storeResult } from '../store-result.ts';
import { setAt } from '../values.ts';
import { difference, intersection, union, type Operand } from './algebra.ts';

type Combination = (sets: readonly Operand[]) => readonly ByteString[];

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly complexity: string;
  readonly combination: Combination;
}

const severalKeys: Argument = { name: 'key', type: 'key', keySpecIndex: 0, multiple: true };

function operands({ view }: Context, keys: readonly ByteString[]): readonly Operand[] {
  const { reading } = view;
  return keys.map((key) => setAt(reading, key));
}

function answering({ name, summary, complexity, combination }: Described): DataCommand {
  return defineData({
    name,
    group: 'set',
    arity: -2,
    flags: ['readonly'],
    categories: ['set'],
    keys: [keysFrom(['RO', 'ACCESS'])],
    tips: ['nondeterministic_output_order'],
    doc: { summary, since: '1.0.0', complexity, arguments: [severalKeys] },
    parse: (argv) => argv.slice(1),
    execute: (context, keys) => ({ kind: 'set', items: combination(operands(context, keys)) }),
  });
}

function storing({ name, summary, complexity, combination }: Described): DataCommand {
  return defineData({
    name,
    group: 'set',
    arity: -3,
    flags: ['write', 'denyoom'],
    categories: ['set'],
    keys: [oneKey(['OW', 'UPDATE']), keysFrom(['RO', 'ACCESS'], { position: 2 })],
    doc: {
      summary,
      since: '1.0.0',
      complexity,
      arguments: [
        { name: 'destination', type: 'key', keySpecIndex: 0 },
        { name: 'key', type: 'key', keySpecIndex: 1, multiple: true },
      ],
    },
    parse: (argv) => ({ destination: argv[1] as ByteString, keys: argv.slice(2) }),
    execute: (context, { destination, keys }) => {
      const members = combination(operands(context, keys));
      const result = { kind: 'addMembers', key: destination, members, event: name.toLowerCase() } as const;
      storeResult(context.view, destination, members.length > 0 ? result : undefined);
      return members.length;
    },
  });
}

const intersectionCost =
  'O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.';
const totalCost = 'O(N) where N is the total number of elements in all given sets.';

export const sinter = answering({
  name: 'SINTER',
  summary: 'Returns the members that all of several sets have.',
  complexity: intersectionCost,
  combination: (sets) => intersection(sets),
});

export const sinterstore = storing({
  name: 'SINTERSTORE',
  summary: 'Stores the members that all of several sets have.',
  complexity: intersectionCost,
  combination: (sets) => intersection(sets),
});

export const sunion = answering({
  name: 'SUNION',
  summary: 'Returns the members that any of several sets has.',
  complexity: totalCost,
  combination: union,
});

export const sunionstore = storing({
  name: 'SUNIONSTORE',
  summary: 'Stores the members that any of several sets has.',
  complexity: totalCost,
  combination: union,
});

export const sdiff = answering({
  name: 'SDIFF',
  summary: 'Returns the members that a set has and none of several others.',
  complexity: totalCost,
  combination: difference,
});

export const sdiffstore = storing({
  name: 'SDIFFSTORE',
  summary: 'Stores the members that a set has and none of several others.',
  complexity: totalCost,
  combination: difference,
});

export const sintercard = defineData({
  name: 'SINTERCARD',
  group: 'set',
  arity: -3,
  flags: ['readonly'],
  categories: ['set'],
  keys: [
    {
      flags: ['RO', 'ACCESS'],
      begin: { kind: 'index', position: 1 },
      find: { kind: 'keynum', keynumIndex: 0, firstKey: 1, step: 1 },
    },
  ],
  doc: {
    summary: 'Counts the members that all of several sets have.',
    since: '7.0.0',
    complexity: intersectionCost,
    arguments: [
      { name: 'numkeys', type: 'integer' },
      severalKeys,
      { name: 'limit', type: 'integer', token: 'LIMIT', optional: true },
    ],
  },
  parse: parseCardinality,
  execute: (context, { keys, limit }) => intersection(operands(context, keys), limit).length,
});

function parseCardinality(argv: Arguments): { readonly keys: readonly ByteString[]; readonly limit: number } {
  const count = boundedIntegerOf(argv[1] as ByteString, 1, Infinity, 'ERR numkeys should be greater than 0');
  if (count > argv.length - 2) throw new CommandError("ERR Number of keys can't be greater than number of args");
  let limit = 0;
  for (let i = 2 + count; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (argv[i]?.toUpperCase() !== 'LIMIT' || value === undefined) throw new CommandError(syntaxError);
    limit = boundedIntegerOf(value, 0, Infinity, "ERR LIMIT can't be negative");
  }
  return { keys: argv.slice(2, 2 + count), limit: limit === 0 ? Infinity : limit };
}
