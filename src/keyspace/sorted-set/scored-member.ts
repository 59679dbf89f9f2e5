/**
 * A member of a sorted set with its score, and the order of them. Neither ever changes: another score makes another
 * one, so that a frozen set and a changing one may hold the same.
 */
import type { ByteString } from '../../resp/bytes.ts';
import { hashOf, type DictionaryNode } from '../dictionary.ts';

export class ScoredMember implements DictionaryNode<ScoredMember> {
  readonly member: ByteString;
  readonly score: number;
  readonly hash: number;
  /** The dictionary's own. */
  next: ScoredMember | undefined = undefined;

  constructor(member: ByteString, score: number, hash = hashOf(member)) {
    this.member = member;
    this.score = score;
    this.hash = hash;
  }

  get key(): ByteString {
    return this.member;
  }
}

/** What the order depends on. */
type Scored = Pick<ScoredMember, 'member' | 'score'>;

/** By score, where that is equal by the bytes of the member. */
export function precedes(a: Scored, b: Scored): boolean {
  return a.score < b.score || (a.score === b.score && a.member < b.member);
}
