/** The effects on sets: how each changes a set, and what undoes it. */
import type { ElementEffect, SetEffect } from '../effect.ts';
import type { SetValue } from './set-value.ts';

/**
 * Changes the set as the effect says. It may be empty then: whoever calls deletes the key.
 * @param inverses takes what undoes it, when applied last first: all but the order of the members
 */
export function applySetEffect(set: SetValue, effect: SetEffect, inverses: ElementEffect[] | undefined): void {
  const { db, key, kind } = effect;
  const adds = kind === 'addMembers';
  // A member that is there already, or named again, is not to be removed by the inverse; nor the other way round.
  const members = effect.members.filter((member) => (adds ? set.add(member) : set.delete(member)));
  if (members.length > 0) inverses?.push({ kind: adds ? 'removeMembers' : 'addMembers', db, key, members });
}
