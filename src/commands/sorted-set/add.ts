/** ZADD and ZINCRBY. As in Valkey they are one command: ZINCRBY is ZADD with INCR, and reads the same options. */
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { doubleOf } from '../doubles.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument, memberArgument } from './arguments.ts';
import { scoreReply } from './scored-reply.ts';
import { storedScore } from './store.ts';

export const zadd = defineData({
  name: 'ZADD',
  group: 'sorted-set',
  arity: -4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Adds members to a sorted set, or sets their scores.',
    since: '1.2.0',
    complexity: 'O(log(N)) for each item added, where N is the number of elements in the sorted set.',
    history: [
      ['2.4.0', 'Takes several members.'],
      ['3.0.2', 'Takes XX, NX, CH and INCR.'],
      ['6.2.0', 'Takes GT and LT.'],
    ],
    arguments: [
      keyArgument,
      {
        name: 'condition',
        type: 'oneof',
        optional: true,
        since: '3.0.2',
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
        ],
      },
      {
        name: 'comparison',
        type: 'oneof',
        optional: true,
        since: '6.2.0',
        arguments: [
          { name: 'gt', type: 'pure-token', token: 'GT' },
          { name: 'lt', type: 'pure-token', token: 'LT' },
        ],
      },
      { name: 'change', type: 'pure-token', token: 'CH', optional: true, since: '3.0.2' },
      { name: 'increment', type: 'pure-token', token: 'INCR', optional: true, since: '3.0.2' },
      { name: 'data', type: 'block', multiple: true, arguments: [{ name: 'score', type: 'double' }, memberArgument] },
    ],
  },
  parse: (argv) => parseAdd(argv, none),
  execute: (context, args) => add(context, args),
});

export const zincrby = defineData({
  name: 'ZINCRBY',
  group: 'sorted-set',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Adds a number to the score of a member of a sorted set; a missing member counts as zero.',
    since: '1.2.0',
    complexity: 'O(log(N)) where N is the number of elements in the sorted set.',
    arguments: [keyArgument, { name: 'increment', type: 'integer' }, memberArgument],
  },
  parse: (argv) => parseAdd(argv, increment),
  execute: (context, args) => add(context, args),
});

type Option = 'NX' | 'XX' | 'GT' | 'LT' | 'CH' | 'INCR';
type Options = ReadonlySet<Option>;

const none: Options = new Set();
const increment: Options = new Set(['INCR']);

interface AddArguments {
  readonly key: ByteString;
  readonly options: Options;
  readonly members: readonly ByteString[];
  /** One for each member. */
  readonly scores: readonly number[];
}

function parseAdd(argv: Arguments, given: Options): AddArguments {
  let options = given;
  let at = 2;
  for (; at < argv.length; at++) {
    const option = optionOf(argv[at] as ByteString);
    if (option === undefined) break;
    options = new Set([...options, option]);
  }
  const count = (argv.length - at) / 2;
  if (count === 0 || !Number.isInteger(count)) throw new CommandError(syntaxError);
  requireCompatible(options, count);
  // Arrays that grow from nothing make room for seventeen.
  const members = new Array<ByteString>(count);
  const scores = new Array<number>(count);
  for (let i = 0; i < count; i++, at += 2) {
    scores[i] = doubleOf(argv[at] as ByteString);
    members[i] = argv[at + 1] as ByteString;
  }
  return { key: argv[1] as ByteString, options, members, scores };
}

function optionOf(word: ByteString): Option | undefined {
  if (word.length < 2 || word.length > 4) return undefined;
  const option = word.toUpperCase();
  switch (option) {
    case 'NX':
    case 'XX':
    case 'GT':
    case 'LT':
    case 'CH':
    case 'INCR':
      return option;
    default:
      return undefined;
  }
}

function requireCompatible(options: Options, count: number): void {
  if (options.size === 0) return;
  if (options.has('NX') && options.has('XX')) {
    throw new CommandError('ERR XX and NX options at the same time are not compatible');
  }
  const exclusive = [options.has('GT'), options.has('LT'), options.has('NX')];
  if (exclusive.filter(Boolean).length > 1) {
    throw new CommandError('ERR GT, LT, and/or NX options at the same time are not compatible');
  }
  if (options.has('INCR') && count > 1) {
    throw new CommandError('ERR INCR option supports a single increment-element pair');
  }
}

function add(context: Context, args: AddArguments): Reply {
  const { options } = args;
  const changes = changesOf(sortedSetAt(context.view, args.key), args);
  if (changes.members.length > 0) {
    const event = options.has('INCR') ? { event: 'zincr' } : {};
    context.view.apply({
      kind: 'setScores',
      key: args.key,
      members: changes.members,
      scores: changes.scores,
      ...event,
    });
  }
  if (options.has('INCR')) return changes.last !== undefined ? scoreReply(changes.last) : null;
  return options.has('CH') ? changes.members.length : changes.added;
}

interface Changes {
  /** Those that are new or get another score, as often as they do. */
  readonly members: ByteString[];
  readonly scores: number[];
  added: number;
  /** The score of the last member that the options let through, changed or not. */
  last: number | undefined;
}

function changesOf(set: SortedSetValue | undefined, { options, members, scores }: AddArguments): Changes {
  const changes: Changes = { members: [], scores: [], added: 0, last: undefined };
  // A member that is named again meets the score that it has been given.
  const given = members.length > 1 ? new Map<ByteString, number>() : undefined;
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as ByteString;
    const old = given?.get(member) ?? set?.score(member);
    const score = nextScore(old, scores[i] as number, options);
    if (score === undefined) continue;
    changes.last = score;
    if (score === old) continue;
    if (old === undefined) changes.added++;
    changes.members.push(member);
    changes.scores.push(storedScore(score));
    given?.set(member, score);
  }
  return changes;
}

/** `undefined`: the options want the member to be left alone. */
function nextScore(old: number | undefined, given: number, options: Options): number | undefined {
  if (old === undefined) return options.has('XX') ? undefined : given;
  if (options.size === 0) return given;
  if (options.has('NX')) return undefined;
  const score = options.has('INCR') ? old + given : given;
  if (Number.isNaN(score)) throw new CommandError('ERR resulting score is not a number (NaN)');
  if ((options.has('GT') && score <= old) || (options.has('LT') && score >= old)) return undefined;
  return score;
}
