/** Intersections, unions and differences of sets. A missing key is an empty set, which is `undefined` here. */
import type { SetValue } from '../../keyspace/set/set-value.ts';
import type { ByteString } from '../../resp/bytes.ts';

export type Operand = SetValue | undefined;

/** @param limit of members; more are not looked for */
export function intersection(sets: readonly Operand[], limit = Infinity): readonly ByteString[] {
  // From the smallest on: it has all that the others can have in common, and misses are found soon.
  const inOrder = [...new Set(sets)].sort((one, other) => sizeOf(one) - sizeOf(other));
  const [smallest, ...others] = inOrder;
  const members: ByteString[] = [];
  for (const member of smallest ?? []) {
    if (!others.every((other) => other?.has(member) === true)) continue;
    members.push(member);
    if (members.length >= limit) break;
  }
  return members;
}

export function union(sets: readonly Operand[]): readonly ByteString[] {
  const members = new Set<ByteString>();
  for (const set of sets) for (const member of set ?? []) members.add(member);
  return [...members];
}

/** What the first has and none of the others. */
export function difference([first, ...others]: readonly Operand[]): readonly ByteString[] {
  if (first === undefined) return [];
  // To look each member up in all others, or to take all of theirs away: whatever is less work (as in Valkey).
  const lookups = first.size * others.length;
  const removals = others.reduce((sum, other) => sum + sizeOf(other), first.size);
  return lookups / 2 <= removals ? byLookups(first, others) : byRemovals(first, others);
}

function byLookups(first: SetValue, others: readonly Operand[]): readonly ByteString[] {
  const inOrder = [...others].sort((one, other) => sizeOf(other) - sizeOf(one));
  return [...first].filter((member) => !inOrder.some((other) => other?.has(member) === true));
}

function byRemovals(first: SetValue, others: readonly Operand[]): readonly ByteString[] {
  const members = new Set(first);
  for (const other of others) for (const member of other ?? []) members.delete(member);
  return [...members];
}

function sizeOf(set: Operand): number {
  return set?.size ?? 0;
}
