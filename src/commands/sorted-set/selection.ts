/** What ZRANGE and its many relatives select: a range, in one order or the other, and by LIMIT a part of that. */
import type { Scored } from '../../keyspace/sorted-set/scored-member.ts';
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Arguments } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { integerOf } from '../numbers.ts';
import { rangeOf, ranksOf, type By, type Range } from './range.ts';

export interface Selection {
  readonly range: Range;
  /** From the highest to the lowest; ranks count from the highest then. */
  readonly isReverse: boolean;
  readonly offset: number;
  /** Infinity: all. */
  readonly count: number;
  readonly withScores: boolean;
}

/** What a command's name says already: it has no option for that. */
interface Syntax {
  readonly by?: By;
  readonly isReverse?: boolean;
  /** It stores what it selects, always with scores. */
  readonly stores?: boolean;
}

/** @param words from the first end of the range on */
export function parseSelection([first = '', second = '', ...words]: Arguments, syntax: Syntax = {}): Selection {
  const options = parseOptions(words, syntax);
  const { by, isReverse, withScores } = options;
  if (by === 'rank' && options.isLimited) {
    throw new CommandError('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  if (by === 'member' && withScores) {
    throw new CommandError('ERR syntax error, WITHSCORES not supported in combination with BYLEX');
  }
  const range = isReverse && by !== 'rank' ? rangeOf(by, second, first) : rangeOf(by, first, second);
  const offset = by === 'rank' ? 0 : options.offset;
  return { range, isReverse, withScores, offset, count: options.isLimited ? options.count : Infinity };
}

interface Options {
  by: By;
  isReverse: boolean;
  withScores: boolean;
  offset: number;
  count: number;
  /** A count of -1 is none. */
  isLimited: boolean;
}

function parseOptions(words: Arguments, syntax: Syntax): Options {
  const options: Options = {
    by: syntax.by ?? 'rank',
    isReverse: syntax.isReverse ?? false,
    withScores: false,
    offset: 0,
    count: 0,
    isLimited: false,
  };
  let isByGiven = syntax.by !== undefined;
  let isOrderGiven = syntax.isReverse !== undefined;
  for (let i = 0; i < words.length; i++) {
    const option = (words[i] as ByteString).toUpperCase();
    if (option === 'WITHSCORES' && syntax.stores !== true) {
      options.withScores = true;
    } else if (option === 'LIMIT' && i + 2 < words.length) {
      options.offset = Number(integerOf(words[i + 1] as ByteString));
      options.count = Number(integerOf(words[i + 2] as ByteString));
      options.isLimited = options.count !== -1;
      i += 2;
    } else if (option === 'REV' && !isOrderGiven) {
      options.isReverse = isOrderGiven = true;
    } else if ((option === 'BYSCORE' || option === 'BYLEX') && !isByGiven) {
      options.by = option === 'BYSCORE' ? 'score' : 'member';
      isByGiven = true;
    } else {
      throw new CommandError(syntaxError);
    }
  }
  return options;
}

export function select(set: SortedSetValue | undefined, selection: Selection): readonly Scored[] {
  if (set === undefined || selection.offset < 0) return [];
  const { offset, isReverse } = selection;
  const { from, to } = ranksOf(set, selection.range, isReverse);
  const count = selection.count < 0 ? Infinity : selection.count;
  if (!isReverse) return set.slice(from + offset, Math.min(to, from + offset + count));
  return set.slice(Math.max(from, to - offset - count), to - offset).reverse();
}
