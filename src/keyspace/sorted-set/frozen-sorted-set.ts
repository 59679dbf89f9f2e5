/** A sorted set as it was: a sequence that shares its nodes with the set's and does not change. */
import { inBatches } from '../batches.ts';
import type { Content, FrozenCollection } from '../collection.ts';
import { Sequence } from '../sequence/sequence.ts';
import type { Scored, ScoredMember } from './scored-member.ts';

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

  *contents(lengthMax: number): Generator<Content, void, undefined> {
    const lengthOf = ({ member }: Scored): number => member.length + lengthPerMember;
    for (const batch of inBatches(this.#scored(), lengthOf, lengthMax)) {
      yield {
        kind: 'setScores',
        members: batch.map(({ member }) => member),
        scores: batch.map(({ score }) => score),
      };
    }
  }

  release(): void {
    this.#sequence = new Sequence();
  }

  /** Of the scores the sequence's own: those of the members are of now. */
  *#scored(): Generator<Scored, void, undefined> {
    for (const { items, scores } of this.#sequence.leaves()) {
      for (const [i, { member }] of items.entries()) yield { member, score: scores[i] as number };
    }
  }
}
