/**
 * Effects on sorted sets, and what undoes them. One that is impossible throws: a log that holds it is broken, and what
 * became of the set does not matter any more.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { ElementEffect, SortedSetEffect } from '../effect.ts';
import type { SortedSetValue } from './sorted-set-value.ts';

/** @param inverses takes what undoes this, to be applied last first */
export function applySortedSetEffect(
  sortedSet: SortedSetValue,
  effect: SortedSetEffect,
  inverses: ElementEffect[] | undefined,
): void {
  if (effect.members.length === 0) throw new RangeError(`effect on no members: kind=${effect.kind}`);
  if (effect.kind === 'setScores') setScores(sortedSet, effect, inverses);
  else removeScores(sortedSet, effect, inverses);
}

type EffectOf<K> = SortedSetEffect & { readonly kind: K };

function setScores(
  sortedSet: SortedSetValue,
  { db, key, members, scores }: EffectOf<'setScores'>,
  inverses: ElementEffect[] | undefined,
): void {
  if (members.length !== scores.length) {
    throw new RangeError(`not one score for each member: members=${members.length} scores=${scores.length}`);
  }
  if (scores.some(Number.isNaN)) throw new RangeError('a score is not a number: kind=setScores');
  const added: ByteString[] = [];
  const changed: ByteString[] = [];
  const before: number[] = [];
  for (let i = 0; i < members.length; i++) {
    const [member, score] = [members[i] as ByteString, scores[i] as number];
    const old = sortedSet.set(member, score);
    if (inverses === undefined) continue;
    if (old === undefined) {
      added.push(member);
    } else if (old !== score) {
      changed.push(member);
      before.push(old);
    }
  }
  // A member may be named twice. It is removed after its score has been set back, and that happens last first.
  if (added.length > 0) inverses?.push({ kind: 'removeScores', db, key, members: added });
  if (changed.length > 0)
    inverses?.push({ kind: 'setScores', db, key, members: changed.reverse(), scores: before.reverse() });
}

function removeScores(
  sortedSet: SortedSetValue,
  { db, key, members }: EffectOf<'removeScores'>,
  inverses: ElementEffect[] | undefined,
): void {
  const removed: ByteString[] = [];
  const scores: number[] = [];
  for (const member of members) {
    const score = sortedSet.delete(member);
    if (score === undefined) continue;
    removed.push(member);
    scores.push(score);
  }
  if (removed.length > 0) inverses?.push({ kind: 'setScores', db, key, members: removed, scores });
}
