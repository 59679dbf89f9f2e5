/** Arguments that many commands on sets have. */
import type { Argument } from '../argument.ts';

export const keyArgument: Argument = { name: 'key', type: 'key', keySpecIndex: 0 };
export const memberArgument: Argument = { name: 'member', type: 'string' };
export const membersArgument: Argument = { name: 'member', type: 'string', multiple: true };
