/** Random commands on sorted sets, good and bad, among some that put other types and expiries in their way. */
import fc from 'fast-check';
import { arbitraryKeys, integer, optional, some, text, token, unixMs, words } from './arbitrary-words.ts';

/** Few, so that most commands meet a sorted set that others have left. */
const key = fc.constantFrom(...arbitraryKeys.slice(0, 3));
/** Of this one all members have the score 0: what ranges of members are defined for. */
export const evenKey = 'even';
const anyKey = fc.oneof({ weight: 4, arbitrary: key }, fc.constant(evenKey));

/** Few as well, so that many are named twice. */
const member = fc.oneof({ weight: 9, arbitrary: token('f', 'g', 'h', 'fg', '1', '-5', '') }, text);
const finite = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }).map(String) },
  token('0.1', '-0.2', '0.5', '1e20', '-1e-7', '3.0e3', '-0', '0x1p3', '+1', '9007199254740993', '5e-324'),
  fc.double({ min: -10, max: 10, noNaN: true }).map(String),
);
const score = fc.oneof(
  { weight: 12, arbitrary: finite },
  { weight: 2, arbitrary: token('inf', '-inf', '+inf', 'Infinity') },
  token('nan', '', 'x', ' 1', '1 ', '1e400', '1e-400', '0x', '1.5.', '--1', '0x.8p-1', '1e', '.', '.5', '5.'),
);
const rank = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -8, max: 8 }).map(String) }, integer);
const scoreBound = fc.oneof(
  score,
  score.map((text) => `(${text}`),
  token('-inf', '+inf', ' 1', '(', '((1', '1e400'),
);
const memberBound = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(token('[', '('), member).map(([end, text]) => end + text) },
  { weight: 2, arbitrary: token('-', '+') },
  token('', 'f', '-f', '+1', '[', '('),
);

const condition = token('NX', 'XX', 'GT', 'LT', 'CH', 'INCR', 'nx', 'gt', 'FOO');
const pair = fc.tuple(score, member);
const pairs = fc.array(pair, { minLength: 1, maxLength: 4 }).map((found) => found.flat());
const conditions = fc.array(condition, { maxLength: 2 });
/** More than Valkey's compact form holds. */
const manyPairs = fc
  .integer({ min: 100, max: 200 })
  .chain((count) => fc.constantFrom(1, 7).map((step) => ({ count, step })))
  .map(({ count, step }) => Array.from({ length: count }, (_, i) => [String(Math.floor(i / step)), `m${i}`]).flat());

const limit = words('LIMIT', rank, rank);
const rangeOption = fc.oneof(
  token('REV', 'BYSCORE', 'BYSCORE', 'WITHSCORES', 'rev', 'FOO', 'LIMIT').map((name) => [name]),
  limit,
);
const options = (option: fc.Arbitrary<string[]>, maxLength = 2): fc.Arbitrary<string[]> =>
  fc.array(option, { maxLength }).map((found) => found.flat());
const withScores = optional(token('WITHSCORES', 'WITHSCORES', 'FOO'));
const scoreOptions = options(
  fc.oneof(
    limit,
    token('WITHSCORES', 'FOO', 'REV').map((name) => [name]),
  ),
);
const memberOptions = options(
  fc.oneof(
    { weight: 3, arbitrary: limit },
    token('WITHSCORES', 'FOO').map((name) => [name]),
  ),
);

/** With the right number of keys more often than not. */
const countedKeys = some(anyKey).chain((keys) =>
  fc
    .oneof({ weight: 9, arbitrary: fc.constant(String(keys.length)) }, token('0', '-1', '1', '5', 'x', ''))
    .map((count) => [count, ...keys]),
);
const weights = fc.array(score, { minLength: 1, maxLength: 3 }).map((found) => ['WEIGHTS', ...found]);
const aggregate = words('AGGREGATE', token('SUM', 'MIN', 'MAX', 'max', 'FOO'));
const combineOptions = options(
  fc.oneof(
    weights,
    aggregate,
    token('WITHSCORES', 'FOO', 'AGGREGATE').map((name) => [name]),
  ),
  3,
);

const addToEven = fc
  .array(member, { minLength: 1, maxLength: 5 })
  .map((members) => ['ZADD', evenKey, ...members.flatMap((name) => ['0', name])]);

const change: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: words('ZADD', key, pairs) },
  { weight: 4, arbitrary: words('ZADD', key, conditions, pairs) },
  {
    weight: 2,
    arbitrary: words(
      'ZADD',
      key,
      conditions,
      pair.map((found) => [...found]),
    ),
  },
  words('ZADD', key, conditions, some(member)),
  words('ZADD', key, manyPairs),
  { weight: 4, arbitrary: addToEven },
  { weight: 3, arbitrary: words('ZINCRBY', key, score, member) },
  { weight: 3, arbitrary: words('ZREM', anyKey, some(member)) },
  words('ZREMRANGEBYRANK', anyKey, rank, rank),
  words('ZREMRANGEBYSCORE', anyKey, scoreBound, scoreBound),
  words('ZREMRANGEBYLEX', fc.constant(evenKey), memberBound, memberBound),
  words('ZPOPMIN', anyKey, optional(rank)),
  words('ZPOPMAX', anyKey, optional(rank), optional(rank)),
  words('ZMPOP', countedKeys, token('MIN', 'MAX', 'min', 'FOO'), optional(token('COUNT', 'FOO'), rank)),
  { weight: 2, arbitrary: words('ZRANGESTORE', key, anyKey, rank, rank, options(rangeOption)) },
  words('ZRANGESTORE', key, anyKey, scoreBound, scoreBound, fc.constant('BYSCORE'), options(rangeOption)),
  words(
    'ZRANGESTORE',
    key,
    fc.constant(evenKey),
    memberBound,
    memberBound,
    fc.constant('BYLEX'),
    optional(token('REV')),
  ),
  { weight: 2, arbitrary: words('ZUNIONSTORE', key, countedKeys, combineOptions) },
  { weight: 2, arbitrary: words('ZINTERSTORE', key, countedKeys, combineOptions) },
  words('ZDIFFSTORE', key, countedKeys, combineOptions),
);

const read: fc.Arbitrary<string[]> = fc.oneof(
  words('ZCARD', anyKey),
  words('ZSCORE', anyKey, member),
  words('ZMSCORE', anyKey, some(member)),
  words('ZRANK', anyKey, member),
  words('ZREVRANK', anyKey, member),
  words('ZCOUNT', anyKey, scoreBound, scoreBound),
  words('ZLEXCOUNT', fc.constant(evenKey), memberBound, memberBound),
  { weight: 2, arbitrary: words('ZRANGE', anyKey, rank, rank, options(rangeOption)) },
  {
    weight: 2,
    arbitrary: words('ZRANGE', anyKey, scoreBound, scoreBound, fc.constant('BYSCORE'), options(rangeOption)),
  },
  words('ZRANGE', fc.constant(evenKey), memberBound, memberBound, fc.constant('BYLEX'), options(rangeOption, 3)),
  words('ZREVRANGE', anyKey, rank, rank, withScores),
  words('ZRANGEBYSCORE', anyKey, scoreBound, scoreBound, scoreOptions),
  words('ZREVRANGEBYSCORE', anyKey, scoreBound, scoreBound, scoreOptions),
  words('ZRANGEBYLEX', fc.constant(evenKey), memberBound, memberBound, memberOptions),
  words('ZREVRANGEBYLEX', fc.constant(evenKey), memberBound, memberBound, memberOptions),
  { weight: 2, arbitrary: words('ZUNION', countedKeys, combineOptions) },
  { weight: 2, arbitrary: words('ZINTER', countedKeys, combineOptions) },
  words('ZDIFF', countedKeys, combineOptions),
  words('ZINTERCARD', countedKeys, options(fc.oneof(words('LIMIT', rank), words('FOO'), words('LIMIT')))),
);

/** What chance decides is left out: these answer nothing, all, or an error. */
const unorderedRead: fc.Arbitrary<string[]> = fc.oneof(
  words(
    'ZRANDMEMBER',
    anyKey,
    token('0', '1000', '9223372036854775807', '-9223372036854775808', '4611686018427387904', 'x', ''),
    withScores,
    optional(token('x')),
  ),
  words(
    'ZSCAN',
    anyKey,
    token('0', '0', '0', 'x', '1.5'),
    fc.constant(['COUNT', '1000']),
    optional(token('MATCH'), token('*', 'f*', 'm1?', '[fg]', '')),
    optional(token('FOO', 'MATCH', 'COUNT')),
  ),
);

const other: fc.Arbitrary<string[]> = fc.oneof(
  words('SET', key, text),
  { weight: 3, arbitrary: words('SADD', key, some(member)) },
  words('DEL', key),
  words('PEXPIREAT', key, unixMs),
  words('RENAME', key, key),
  words('COPY', key, key, optional(token('REPLACE'))),
  words('TYPE', key),
  fc
    .tuple(
      token('ZADD', 'ZINCRBY', 'ZPOPMIN', 'ZMPOP', 'ZRANGE', 'ZRANGESTORE', 'ZUNION', 'ZDIFFSTORE', 'ZRANDMEMBER'),
      fc.array(member, { maxLength: 5 }),
    )
    .map(([name, rest]) => [name, ...rest])
    // A single member of random ones would be chance.
    .filter(([name, ...rest]) => name !== 'ZRANDMEMBER' || rest.length > 2),
);

export const arbitrarySortedSetCommands: fc.Arbitrary<string[][]> = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: change },
    { weight: 6, arbitrary: read },
    { weight: 1, arbitrary: unorderedRead },
    { weight: 2, arbitrary: other },
  ),
  { minLength: 1, maxLength: 50, size: 'max' },
);
