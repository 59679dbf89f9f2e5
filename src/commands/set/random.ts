/** Commands that choose members at random. The choice is made where they run; what is recorded is the effect. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineData, type Arguments } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { boundedIntegerOf } from '../numbers.ts';
import { parseSample, sample } from '../random-sample.ts';
import { setAt } from '../values.ts';
import { keyArgument } from './arguments.ts';

export const spop = defineData({
  name: 'SPOP',
  group: 'set',
  arity: -2,
  flags: ['write', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Removes random members from a set, and returns them.',
    since: '1.0.0',
    complexity: 'Without the count argument O(1), otherwise O(N) where N is the value of the passed count.',
    history: [['3.2.0', 'Takes a count.']],
    arguments: [keyArgument, { name: 'count', type: 'integer', optional: true, since: '3.2.0' }],
  },
  parse: parsePop,
  execute: ({ view, environment: { random } }, { key, count }): Reply => {
    const set = setAt(view, key);
    if (count === 0 || set === undefined) return count === undefined ? null : { kind: 'set', items: [] };
    const popped = sample(set, { count: count ?? 1, random, all: () => set, nameOf: (member) => member });
    view.apply({ kind: 'removeMembers', key, members: popped, event: 'spop' });
    return count === undefined ? (popped[0] as ByteString) : { kind: 'set', items: popped };
  },
});

function parsePop(argv: Arguments): { readonly key: ByteString; readonly count: number | undefined } {
  if (argv.length > 3) throw new CommandError(syntaxError);
  const [, key = '', count] = argv;
  const refusal = 'ERR value is out of range, must be positive';
  return { key, count: count === undefined ? undefined : boundedIntegerOf(count, 0, Infinity, refusal) };
}

export const srandmember = defineData({
  name: 'SRANDMEMBER',
  group: 'set',
  arity: -2,
  flags: ['readonly'],
  categories: ['set'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns random members of a set.',
    since: '1.0.0',
    complexity: 'Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.',
    history: [['2.6.0', 'Takes a count.']],
    arguments: [keyArgument, { name: 'count', type: 'integer', optional: true, since: '2.6.0' }],
  },
  parse: (argv) => parseSample(argv),
  execute: ({ view, environment: { random } }, { key, count }): Reply => {
    const set = setAt(view, key);
    if (count === undefined) return set?.random(random) ?? null;
    if (set === undefined) return [];
    return sample(set, { count, random, all: () => set, nameOf: (member) => member });
  },
});
