/**
 * Intersections, unions and differences of sorted sets and plain sets, whose members all have the score 1. Results
 * come in the order of a sorted set. Sums depend on the order of their terms: it is Valkey's, the smallest set first.
 */
import { SetValue } from '../../keyspace/set/set-value.ts';
import { precedes, type Scored } from '../../keyspace/sorted-set/scored-member.ts';
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { ByteString } from '../../resp/bytes.ts';

/** `undefined`: a missing key, an empty set. */
export type Source = SortedSetValue | SetValue | undefined;

/** What becomes of the scores. */
export interface Weighing {
  /** Of each source, in their order. */
  readonly weights: readonly number[];
  readonly aggregate: Aggregate;
}

export type Aggregate = 'SUM' | 'MIN' | 'MAX';

interface Weighted {
  readonly source: Source;
  readonly weight: number;
}

export function intersection(sources: readonly Source[], { weights, aggregate }: Weighing): readonly Scored[] {
  const [smallest, ...others] = bySize(sources, weights);
  const found: Scored[] = [];
  for (const { member, score } of membersOf(smallest?.source)) {
    let total: number | undefined = product(score, smallest?.weight ?? 1);
    for (const { source, weight } of others) {
      const other = scoreIn(source, member);
      total = other === undefined ? undefined : combine(total, other * weight, aggregate);
      if (total === undefined) break;
    }
    if (total !== undefined) found.push({ member, score: total });
  }
  return inOrder(found);
}

/** How many members all of them have; no more than this are looked for. */
export function intersectionSize(sources: readonly Source[], limit: number): number {
  const [smallest, ...others] = bySize(sources, []);
  let size = 0;
  for (const { member } of membersOf(smallest?.source)) {
    if (!others.every(({ source }) => scoreIn(source, member) !== undefined)) continue;
    size++;
    if (size >= limit) break;
  }
  return size;
}

export function union(sources: readonly Source[], { weights, aggregate }: Weighing): readonly Scored[] {
  const totals = new Map<ByteString, number>();
  for (const { source, weight } of bySize(sources, weights)) {
    for (const { member, score } of membersOf(source)) {
      const total = totals.get(member);
      const weighted = product(score, weight);
      totals.set(member, total === undefined ? weighted : combine(total, weighted, aggregate));
    }
  }
  return inOrder(Array.from(totals, ([member, score]) => ({ member, score })));
}

/** What the first has and none of the others, with the scores of the first. */
export function difference([first, ...others]: readonly Source[]): readonly Scored[] {
  if (first === undefined || others.includes(first)) return [];
  // To look each member up in all others, or to take all of theirs away: whatever is less work (as in Valkey).
  const lookups = first.size * (others.length + 1);
  const removals = others.reduce((sum, other) => sum + sizeOf(other), first.size);
  return lookups / 2 <= removals ? byLookups(first, others) : byRemovals(first, others);
}

function byLookups(first: NonNullable<Source>, others: readonly Source[]): readonly Scored[] {
  const largestFirst = [...others].sort((one, other) => sizeOf(other) - sizeOf(one));
  const left: Scored[] = [];
  for (const scored of membersOf(first)) {
    if (largestFirst.every((other) => scoreIn(other, scored.member) === undefined)) left.push(scored);
  }
  return inOrder(left);
}

function byRemovals(first: NonNullable<Source>, others: readonly Source[]): readonly Scored[] {
  const left = new Map<ByteString, Scored>();
  for (const scored of membersOf(first)) left.set(scored.member, scored);
  for (const other of others) for (const { member } of membersOf(other)) left.delete(member);
  return inOrder([...left.values()]);
}

function* membersOf(source: Source): Generator<Scored, void, undefined> {
  if (source === undefined) return;
  if (!(source instanceof SetValue)) yield* source.members();
  else for (const member of source) yield { member, score: 1 };
}

function scoreIn(source: Source, member: ByteString): number | undefined {
  if (!(source instanceof SetValue)) return source?.score(member);
  return source.has(member) ? 1 : undefined;
}

function sizeOf(source: Source): number {
  return source?.size ?? 0;
}

function bySize(sources: readonly Source[], weights: readonly number[]): readonly Weighted[] {
  const weighted = sources.map((source, i) => ({ source, weight: weights[i] ?? 1 }));
  return weighted.sort((one, other) => sizeOf(one.source) - sizeOf(other.source));
}

/** Zero times infinity is zero here, ... */
function product(score: number, weight: number): number {
  return zeroIfNaN(score * weight);
}

/** ... and so is the sum of both infinities. What is not a number is never the lowest or the highest. */
function combine(total: number, next: number, aggregate: Aggregate): number {
  switch (aggregate) {
    case 'SUM':
      return zeroIfNaN(total + next);
    case 'MIN':
      return next < total ? next : total;
    case 'MAX':
      return next > total ? next : total;
  }
}

function zeroIfNaN(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function inOrder(found: Scored[]): readonly Scored[] {
  return found.sort((one, other) => (precedes(one, other) ? -1 : 1));
}
