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

function junkCommand(dice: Dice): ByteString[] {
  const key = (): string => `j${dice.below(6)}`;
  const number = (): string => String(dice.below(200) - 20);
  const value = (): string => dice.pick(['', '0', '-7', '1.5', 'text', 'ü', '\0\xff\n', 'x'.repeat(50), number()]);
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
    () => ['FLUSHDB'],
    () => ['SWAPDB', dice.pick(databases), dice.pick(databases)],
    () => ['LCS', key(), key()],
    () => ['OBJECT', 'ENCODING', key()],
    () => ['NOSUCH', key()],
  ])();
}
