/** A sorted set as it was: a sequence that shares its nodes with the set's and does not change. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Content, FrozenCollection } from '../collection.ts';
import { Sequence } from '../sequence/sequence.ts';
import type { ScoredMember } from './scored-member.ts';

/** About what a member takes in an encoded effect beside its bytes, with its score. */
const lengthPerMember = 12;

export class FrozenSortedSet implements FrozenCollection {
  readonly kind = 'zset';
  readonly size: number;
  #sequence: Sequence<ScoredMember>;

  /** @param sequence that nobody else changes */
  constructor(sequence: Sequence<ScoredMember>) {
    this.size = sequence.size;
    this.#sequence = sequence;
  }

  /** In one loop: no step of it need wait for the one before, which fetched its member from somewhere in memory. */
  *contents(lengthMax: number): Generator<Content, void, undefined> {
    let members: ByteString[] = [];
    let scores: number[] = [];
    let length = 0;
    for (const leaf of this.#sequence.leaves()) {
      for (let i = 0; i < leaf.items.length; i++) {
        const { member } = leaf.items[i] as ScoredMember;
        const more = member.length + lengthPerMember;
        if (members.length > 0 && length + more > lengthMax) {
          yield { kind: 'setScores', members, scores };
          [members, scores, length] = [[], [], 0];
        }
        members.push(member);
        // The sequence's own: that of the member is of now.
        scores.push(leaf.scores[i] as number);
        length += more;
      }
    }
    if (members.length > 0) yield { kind: 'setScores', members, scores };
  }

  release(): void {
    this.#sequence = new Sequence();
  }
}
