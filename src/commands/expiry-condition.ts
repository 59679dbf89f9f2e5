/** NX, XX, GT and LT of EXPIRE and of HEXPIRE, and how both show times. */
import type { Argument } from './argument.ts';
import type { Arguments } from './command.ts';
import { CommandError, shown } from './command-error.ts';

export const expiryCondition: Argument = {
  name: 'condition',
  type: 'oneof',
  optional: true,
  arguments: [
    { name: 'nx', type: 'pure-token', token: 'NX' },
    { name: 'xx', type: 'pure-token', token: 'XX' },
    { name: 'gt', type: 'pure-token', token: 'GT' },
    { name: 'lt', type: 'pure-token', token: 'LT' },
  ],
};

export type Conditions = ReadonlySet<string>;

export function parseConditions(words: Arguments): Conditions {
  const conditions = new Set<string>();
  for (const word of words) {
    const option = word.toUpperCase();
    if (!['NX', 'XX', 'GT', 'LT'].includes(option)) throw new CommandError(`ERR Unsupported option ${shown(word)}`);
    conditions.add(option);
  }
  if (conditions.has('NX') && conditions.size > 1) {
    throw new CommandError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (conditions.has('GT') && conditions.has('LT')) {
    throw new CommandError('ERR GT and LT options at the same time are not compatible');
  }
  return conditions;
}

/** What does not expire counts as what expires last of all. */
export function allows(conditions: Conditions, current: number | undefined, next: number): boolean {
  if (conditions.size === 0) return true;
  if (conditions.has('NX') && current !== undefined) return false;
  if (conditions.has('XX') && current === undefined) return false;
  if (conditions.has('GT') && (current === undefined || next <= current)) return false;
  return !(conditions.has('LT') && current !== undefined && next >= current);
}

/** To the nearest second, as Valkey rounds. */
export function toSeconds(ms: number): number {
  return Math.floor((ms + 500) / 1000);
}
