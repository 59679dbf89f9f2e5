/**
 * Arguments that many commands on hashes take, and how `FIELDS numfields field …` is read. As in Valkey it is found
 * before the options that stand in front of it are read, and numfields must say how many fields there are.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { CommandError } from '../command-error.ts';
import type { Arguments } from '../command.ts';
import { integerOf } from '../numbers.ts';

export const keyArgument: Argument = { name: 'key', type: 'key', keySpecIndex: 0 };

export const fieldArgument: Argument = { name: 'field', type: 'string' };

export const fieldsArgument: Argument = { name: 'field', type: 'string', multiple: true };

export const pairsArgument: Argument = {
  name: 'data',
  type: 'block',
  multiple: true,
  arguments: [fieldArgument, { name: 'value', type: 'string' }],
};

/** `FIELDS numfields` and what it counts. */
export function countedArgument(counted: Argument): Argument {
  return {
    name: 'fields',
    type: 'block',
    token: 'FIELDS',
    arguments: [{ name: 'numfields', type: 'integer' }, counted],
  };
}

const numfieldsMismatch = 'ERR numfields should be greater than 0 and match the provided number of fields';

/** Of an option FIELDS behind other options, of which the first is at `from`. */
export function indexOfFields(argv: Arguments, from: number): number {
  for (let i = from; i < argv.length - 1; i++) {
    if ((argv[i] as ByteString).toUpperCase() === 'FIELDS') return i;
  }
  throw new CommandError(numfieldsMismatch);
}

/** What stands behind numfields, which is at `at`. */
export function countedFields(
  argv: Arguments,
  at: number,
  { perField = 1, mismatch = numfieldsMismatch }: { perField?: 1 | 2; mismatch?: string } = {},
): Arguments {
  const count = integerOf(argv[at] as ByteString);
  const fields = argv.slice(at + 1);
  if (fields.length === 0 || Number(count) * perField !== fields.length) throw new CommandError(mismatch);
  return fields;
}
