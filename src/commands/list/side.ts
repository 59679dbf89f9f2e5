/** The ends of a list among the words of a command: `LEFT` and `RIGHT`. */
import type { Side } from '../../keyspace/effect.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { CommandError, syntaxError } from '../command-error.ts';

export const sideTokens = ['LEFT', 'RIGHT'] as const;

export function sideOf(word: ByteString): Side {
  const side = word.toLowerCase();
  if (side === 'left' || side === 'right') return side;
  throw new CommandError(syntaxError);
}

export function sideArgument(name: string): Argument {
  return {
    name,
    type: 'oneof',
    arguments: sideTokens.map((token) => ({ name: token.toLowerCase(), type: 'pure-token', token })),
  };
}
