/** Arguments that many commands on sorted sets take. */
import type { Argument } from '../argument.ts';

export const keyArgument: Argument = { name: 'key', type: 'key', keySpecIndex: 0 };

export const memberArgument: Argument = { name: 'member', type: 'string' };

export const membersArgument: Argument = { name: 'member', type: 'string', multiple: true };

export const withScoresArgument: Argument = {
  name: 'withscores',
  type: 'pure-token',
  token: 'WITHSCORES',
  optional: true,
};

export const limitArgument: Argument = {
  name: 'limit',
  type: 'block',
  token: 'LIMIT',
  optional: true,
  arguments: [
    { name: 'offset', type: 'integer' },
    { name: 'count', type: 'integer' },
  ],
};
