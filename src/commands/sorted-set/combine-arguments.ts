/** What the commands on several sorted sets are given: keys that are counted, and how scores are put together. */
import { SetValue } from '../../keyspace/set/set-value.ts';
import { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { CommandError, syntaxError, wrongType } from '../command-error.ts';
import type { Arguments } from '../command.ts';
import { doubleOf } from '../doubles.ts';
import { boundedIntegerOf, integerOf } from '../numbers.ts';
import type { Aggregate, Source, Weighing } from './algebra.ts';

export const weightsArgument: Argument = {
  name: 'weight',
  type: 'integer',
  token: 'WEIGHTS',
  optional: true,
  multiple: true,
};

export const aggregateArgument: Argument = {
  name: 'aggregate',
  type: 'oneof',
  token: 'AGGREGATE',
  optional: true,
  arguments: [
    { name: 'sum', type: 'pure-token', token: 'SUM' },
    { name: 'min', type: 'pure-token', token: 'MIN' },
    { name: 'max', type: 'pure-token', token: 'MAX' },
  ],
};

/** `numkeys key [key …]`, and the words behind them. */
export interface CountedKeys {
  readonly keys: readonly ByteString[];
  readonly words: Arguments;
}

/** @param position of numkeys */
export function countedKeysOf(argv: Arguments, position: number, commandName: string): CountedKeys {
  const count = integerOf(argv[position] as ByteString);
  if (count < 1) {
    throw new CommandError(`ERR at least 1 input key is needed for '${commandName.toLowerCase()}' command`);
  }
  const first = position + 1;
  if (count > argv.length - first) throw new CommandError(syntaxError);
  const end = first + Number(count);
  return { keys: argv.slice(first, end), words: argv.slice(end) };
}

/** @throws CommandError `WRONGTYPE` where one is neither a sorted set nor a set */
export function sourcesAt(view: View, keys: readonly ByteString[]): readonly Source[] {
  return keys.map((key) => {
    const value = view.get(key);
    if (value === undefined || value instanceof SortedSetValue || value instanceof SetValue) return value;
    throw new CommandError(wrongType);
  });
}

export interface CombineOptions extends Weighing {
  readonly withScores: boolean;
}

/** Which options a command knows. */
interface Known {
  readonly weighs: boolean;
  readonly withScores: boolean;
}

/** @param keyCount each key has its weight */
export function combineOptionsOf(words: Arguments, keyCount: number, known: Known): CombineOptions {
  let weights: readonly number[] = [];
  let aggregate: Aggregate = 'SUM';
  let withScores = false;
  for (let i = 0; i < words.length; i++) {
    const option = (words[i] as ByteString).toUpperCase();
    const left = words.length - i - 1;
    if (option === 'WEIGHTS' && known.weighs && left >= keyCount) {
      const given = words.slice(i + 1, i + 1 + keyCount);
      weights = given.map((word) => doubleOf(word, 'ERR weight value is not a float'));
      i += keyCount;
    } else if (option === 'AGGREGATE' && known.weighs && left >= 1) {
      aggregate = aggregateOf(words[++i] as ByteString);
    } else if (option === 'WITHSCORES' && known.withScores) {
      withScores = true;
    } else {
      throw new CommandError(syntaxError);
    }
  }
  return { weights, aggregate, withScores };
}

function aggregateOf(word: ByteString): Aggregate {
  const aggregate = word.toUpperCase();
  if (aggregate === 'SUM' || aggregate === 'MIN' || aggregate === 'MAX') return aggregate;
  throw new CommandError(syntaxError);
}

/** `[LIMIT limit]`, where 0 is none. The last one counts. */
export function limitOf(words: Arguments): number {
  let limit = 0;
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    if ((words[i] as ByteString).toUpperCase() !== 'LIMIT' || value === undefined) throw new CommandError(syntaxError);
    limit = boundedIntegerOf(value, 0, Infinity, "ERR LIMIT can't be negative");
  }
  return limit === 0 ? Infinity : limit;
}
