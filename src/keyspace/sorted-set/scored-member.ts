/**
 * A member of a sorted set with its score, and the order of them. The set that it belongs to may give it another score;
 * what that was at an earlier time, a frozen set knows from the sequence.
 */
import type { ByteString } from '../../resp/bytes.ts';
import { hashOf, type DictionaryNode } from '../dictionary.ts';

export class ScoredMember implements DictionaryNode<ScoredMember> {
  readonly member: ByteString;
  score: number;
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

/** What the order depends on. Of what the set gives out nobody else changes it. */
export type Scored = Readonly<Pick<ScoredMember, 'member' | 'score'>>;

/** By score, where that is equal by the bytes of the member. */
export function precedes(a: Scored, b: Scored): boolean {
  return a.score < b.score || (a.score === b.score && a.member < b.member);
}
