/**
 * Commands of every kind, with arguments by chance, in databases of their own: no model says what they answer, but the
 * nodes must agree on what they leave behind, and none may fail in a way that nobody has thought of.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Dice } from '../workload/dice.ts';

/** Databases that junk lives in; the first one has the keys of the histories. */
const databases = ['1', '2', '3'];

export function junkCommands(dice: Dice): ByteString[][] {
  const database = dice.pick(databases);
  const commands = Array.from({ length: 1 + dice.below(4) }, () => junkCommand(dice));
  const inTransaction = dice.chance(0.3);
  return [['SELECT', database], ...(inTransaction ? [['MULTI'], ...commands, ['EXEC']] : commands)];
}

const values = ['', '0', '-7', '1.5', 'text', 'ü', '\0\xff\n', 'x'.repeat(50)];

/** Few keys, so that many are of another type than they are taken for. */
function junkCommand(dice: Dice): ByteString[] {
  const family = dice.pick([keyspaceCommand, stringCommand, hashCommand, listCommand, setCommand, sortedSetCommand]);
  return family({
    dice,
    key: () => `j${dice.below(8)}`,
    number: () => String(dice.below(200) - 20),
    small: () => String(dice.below(7) - 2),
    value: () => dice.pick([...values, String(dice.below(200) - 20)]),
  });
}

interface Words {
  readonly dice: Dice;
  readonly key: () => ByteString;
  readonly number: () => ByteString;
  /** A count, or an index from either end. */
  readonly small: () => ByteString;
  readonly value: () => ByteString;
}

function keyspaceCommand({ dice, key, number, small }: Words): ByteString[] {
  return dice.pick<() => ByteString[]>([
    () => ['DEL', key(), key()],
    () => ['RENAME', key(), key()],
    () => ['RENAMENX', key(), key()],
    () => ['COPY', key(), key(), 'DB', dice.pick(databases), 'REPLACE'],
    () => ['MOVE', key(), dice.pick(databases)],
    () => ['PEXPIRE', key(), number(), ...dice.pick([[], ['NX'], ['XX'], ['GT'], ['LT']])],
    () => ['PERSIST', key()],
    () => ['PTTL', key()],
    () => ['SCAN', '0', 'COUNT', '3'],
    () => ['KEYS', '*'],
    () => ['RANDOMKEY'],
    () => ['DBSIZE'],
    () => dice.pick([['FLUSHDB'], ['DBSIZE']]),
    () => ['SWAPDB', dice.pick(databases), dice.pick(databases)],
    () => ['OBJECT', 'ENCODING', key()],
    () => ['SORT', key(), 'ALPHA', 'LIMIT', '0', small(), 'STORE', key()],
    () => ['NOSUCH', key()],
  ])();
}

function stringCommand({ dice, key, number, value }: Words): ByteString[] {
  return dice.pick<() => ByteString[]>([
    () => ['SET', key(), value()],
    () => ['SET', key(), value(), 'PX', number()],
    () => ['SET', key(), value(), dice.pick(['NX', 'XX', 'KEEPTTL', 'GET'])],
    () => ['MSET', key(), value(), key(), value()],
    () => ['MSETNX', key(), value(), key(), value()],
    () => ['MGET', key(), key(), key()],
    () => ['GETDEL', key()],
    () => ['GETEX', key(), ...dice.pick([['PERSIST'], ['PX', number()], ['EXAT', number()], []])],
    () => ['SETRANGE', key(), String(dice.below(40)), value()],
    () => ['APPEND', key(), value()],
    () => ['INCRBY', key(), number()],
    () => ['INCRBYFLOAT', key(), '0.5'],
    () => ['LCS', key(), key()],
  ])();
}

function hashCommand({ dice, key, number, small, value }: Words): ByteString[] {
  return dice.pick<() => ByteString[]>([
    () => ['HSET', key(), value(), value(), value(), value()],
    () => ['HSETNX', key(), value(), value()],
    () => ['HDEL', key(), value(), value()],
    () => ['HINCRBY', key(), value(), number()],
    () => ['HINCRBYFLOAT', key(), value(), '0.5'],
    () => ['HPEXPIRE', key(), number(), ...dice.pick([[], ['NX'], ['GT']]), 'FIELDS', '2', value(), value()],
    () => ['HPERSIST', key(), 'FIELDS', '1', value()],
    () => ['HRANDFIELD', key(), small()],
    () => ['HGETALL', key()],
  ])();
}

function listCommand({ dice, key, small, value }: Words): ByteString[] {
  const side = (): ByteString => dice.pick(['LEFT', 'RIGHT']);
  return dice.pick<() => ByteString[]>([
    () => ['RPUSH', key(), value(), value(), value()],
    () => ['LPUSH', key(), value(), value()],
    () => ['LPUSHX', key(), value()],
    () => [dice.pick(['LPOP', 'RPOP']), key(), small()],
    () => ['LMPOP', '2', key(), key(), side(), 'COUNT', '2'],
    () => ['LSET', key(), small(), value()],
    () => ['LINSERT', key(), dice.pick(['BEFORE', 'AFTER']), value(), value()],
    () => ['LREM', key(), small(), value()],
    () => ['LTRIM', key(), small(), small()],
    () => ['LMOVE', key(), key(), side(), side()],
    () => ['BLMOVE', key(), key(), side(), side(), '0.01'],
    () => [dice.pick(['BLPOP', 'BRPOP']), key(), key(), '0.02'],
  ])();
}

function setCommand({ dice, key, small, value }: Words): ByteString[] {
  return dice.pick<() => ByteString[]>([
    () => ['SADD', key(), value(), value(), value()],
    () => ['SREM', key(), value(), value()],
    () => ['SPOP', key(), small()],
    () => ['SRANDMEMBER', key(), small()],
    () => ['SMOVE', key(), key(), value()],
    () => [dice.pick(['SUNIONSTORE', 'SINTERSTORE', 'SDIFFSTORE']), key(), key(), key()],
    () => ['SMEMBERS', key()],
  ])();
}

function sortedSetCommand({ dice, key, number, small, value }: Words): ByteString[] {
  return dice.pick<() => ByteString[]>([
    () => ['ZADD', key(), ...dice.pick([[], ['NX'], ['GT', 'CH']]), number(), value(), number(), value()],
    () => ['ZINCRBY', key(), dice.pick(['0.5', '-inf', number()]), value()],
    () => ['ZREM', key(), value(), value()],
    () => ['ZREMRANGEBYRANK', key(), small(), small()],
    () => ['ZREMRANGEBYSCORE', key(), '(0', number()],
    () => [dice.pick(['ZUNIONSTORE', 'ZINTERSTORE']), key(), '2', key(), key(), 'WEIGHTS', '2', small()],
    () => ['ZRANGESTORE', key(), key(), '0', small()],
    () => [dice.pick(['ZPOPMIN', 'ZPOPMAX']), key(), small()],
    () => [dice.pick(['BZPOPMIN', 'BZPOPMAX']), key(), key(), '0.02'],
    () => ['ZRANGE', key(), '0', '-1', 'WITHSCORES'],
  ])();
}
