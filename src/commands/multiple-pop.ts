/** The words of the commands that pop from the first of several keys that holds something: `LMPOP`, `ZMPOP`, `BLMPOP` … */
import type { ByteString } from '../resp/bytes.ts';
import type { Argument } from './argument.ts';
import type { Arguments } from './command.ts';
import { CommandError, syntaxError } from './command-error.ts';
import type { KeySpec } from './key-spec.ts';
import { boundedIntegerOf } from './numbers.ts';

export interface MultiplePop<Where> {
  readonly keys: readonly ByteString[];
  readonly where: Where;
  readonly count: number;
}

/**
 * `numkeys key [key …] where [COUNT count]`
 * @param position of `numkeys`
 * @param whereOf reads where to pop; throws `CommandError`
 */
export function multiplePopOf<Where>(
  argv: Arguments,
  position: number,
  whereOf: (word: ByteString) => Where,
): MultiplePop<Where> {
  const keyCount = positiveOf(argv[position] as ByteString, 'numkeys');
  const firstKey = position + 1;
  const [where, ...options] = argv.slice(firstKey + keyCount);
  if (where === undefined) throw new CommandError(syntaxError);
  return { keys: argv.slice(firstKey, firstKey + keyCount), where: whereOf(where), count: countOf(options) };
}

function countOf([option, count, ...others]: readonly ByteString[]): number {
  if (option === undefined) return 1;
  if (option.toUpperCase() !== 'COUNT' || count === undefined) throw new CommandError(syntaxError);
  const value = positiveOf(count, 'count');
  if (others.length > 0) throw new CommandError(syntaxError);
  return value;
}

function positiveOf(bytes: ByteString, name: string): number {
  return boundedIntegerOf(bytes, 1, Infinity, `ERR ${name} should be greater than 0`);
}

export function multiplePopKeys(position: number): KeySpec {
  return {
    flags: ['RW', 'ACCESS', 'DELETE'],
    begin: { kind: 'index', position },
    find: { kind: 'keynum', keynumIndex: 0, firstKey: 1, step: 1 },
  };
}

/** @param tokens where to pop, as in `LEFT` */
export function multiplePopArguments(tokens: readonly string[]): readonly Argument[] {
  return [
    { name: 'numkeys', type: 'integer' },
    { name: 'key', type: 'key', keySpecIndex: 0, multiple: true },
    {
      name: 'where',
      type: 'oneof',
      arguments: tokens.map((token) => ({ name: token.toLowerCase(), type: 'pure-token', token })),
    },
    { name: 'count', type: 'integer', token: 'COUNT', optional: true },
  ];
}
