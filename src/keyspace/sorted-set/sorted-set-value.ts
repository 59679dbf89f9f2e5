/**
 * A sorted set: its members in a sequence in their order, and in a dictionary once they are many. A score that equals
 * the one that is there changes nothing, not even the sign of zero: Valkey's skip list does the same.
 */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Collection, FrozenCollection } from '../collection.ts';
import { Dictionary } from '../dictionary.ts';
import { stringMemory } from '../memory.ts';
import { Sequence, type Step } from '../sequence/sequence.ts';
import { FrozenSortedSet } from './frozen-sorted-set.ts';
import { precedes, ScoredMember } from './scored-member.ts';

/** The value, its sequence, its first leaf. */
export const emptySortedSetMemory = 288;
/** A member's object, its score in that and beside it, its slots in the sequence and in the dictionary. */
export const scoredMemberMemory = 100;
/** Up to here it is quicker to look at all members than to keep a dictionary. */
const undirectedSizeMax = 32;

export class SortedSetValue implements Collection {
  readonly kind = 'zset';
  #sequence = new Sequence<ScoredMember>(scoreOf);
  /** Once there, it stays: a set that was large may become so again. */
  #dictionary: Dictionary<ScoredMember> | undefined;
  #memory = emptySortedSetMemory;
  #largestSize = 0;
  #longestMember = 0;

  get size(): number {
    return this.#sequence.size;
  }

  get memory(): number {
    return this.#memory;
  }

  /** The largest size that it has had: with `longestMember` what `OBJECT ENCODING` depends on. */
  get largestSize(): number {
    return this.#largestSize;
  }

  /** The length of the longest member that it has had. */
  get longestMember(): number {
    return this.#longestMember;
  }

  score(member: ByteString): number | undefined {
    return this.#find(member)?.score;
  }

  /** How many members are before this one. */
  rank(member: ByteString): number | undefined {
    const found = this.#find(member);
    return found === undefined ? undefined : this.#rankOf(found);
  }

  at(rank: number): ScoredMember | undefined {
    return this.#sequence.at(rank);
  }

  /**
   * The first rank of a member that has a greater score, or this one and fulfils a condition; the size if none does.
   * Without a score, the first of a member that fulfils the condition.
   * @param holds for all members, of this score, after one for which it does
   */
  firstRank(holds: (member: ScoredMember) => boolean, score = Number.NaN): number {
    return this.#sequence.firstFrom(score, holds);
  }

  /** From one rank to before another. */
  slice(from = 0, to = this.size): ScoredMember[] {
    return this.#sequence.slice(from, to);
  }

  /** From a rank to the end (1) or to the begin (-1). Not while the set changes. */
  members(from = 0, step: Step = 1): Iterable<ScoredMember> {
    return this.#sequence.iterate(from, step);
  }

  /** Any member, every one equally likely. */
  random(random: Random): ScoredMember | undefined {
    return this.size === 0 ? undefined : this.at(random.uint32() % this.size);
  }

  /** See `Dictionary.scan`. A small set is visited at once. */
  scan(cursor: number, visit: (member: ScoredMember) => void): number {
    if (this.#dictionary !== undefined) return this.#dictionary.scan(cursor, visit);
    for (const member of this.members()) visit(member);
    return 0;
  }

  /** Returns the score that the member had. */
  set(member: ByteString, score: number): number | undefined {
    if (Number.isNaN(score)) throw new RangeError('a score is not a number');
    const found = this.#find(member);
    const old = found?.score;
    if (found === undefined) this.#add(new ScoredMember(member, score));
    else if (old !== score) this.#move(found, score);
    return old;
  }

  /** Returns the score that the member had. */
  delete(member: ByteString): number | undefined {
    const old = this.#find(member);
    if (old === undefined) return undefined;
    this.#sequence.remove(this.#rankOf(old), 1);
    this.#dictionary?.remove(member, old.hash);
    this.#memory -= memoryOf(member);
    return old.score;
  }

  clone(): SortedSetValue {
    const copy = new SortedSetValue();
    // The dictionary links its nodes: it cannot share them.
    const members = this.slice().map(({ member, score, hash }) => new ScoredMember(member, score, hash));
    copy.#sequence.insert(0, members);
    if (this.#dictionary !== undefined) copy.#dictionary = dictionaryOf(members);
    copy.#memory = this.#memory;
    copy.#largestSize = this.#largestSize;
    copy.#longestMember = this.#longestMember;
    return copy;
  }

  freeze(): FrozenCollection {
    return new FrozenSortedSet(this.#sequence.share());
  }

  #find(member: ByteString): ScoredMember | undefined {
    if (this.#dictionary !== undefined) return this.#dictionary.find(member);
    for (let rank = 0; rank < this.size; rank++) {
      const candidate = this.at(rank) as ScoredMember;
      if (candidate.member === member) return candidate;
    }
    return undefined;
  }

  /** Where a member is that is there. */
  #rankOf(member: ScoredMember): number {
    return this.#sequence.indexOf(member, member.score, isNotBefore(member));
  }

  /** Where one belongs that is not. */
  #placeOf(member: ScoredMember): number {
    const { last } = this.#sequence;
    // Many sets grow in their order, by time for instance, and so does each that is read from a snapshot.
    if (last === undefined || precedes(last, member)) return this.size;
    return this.#sequence.firstFrom(member.score, isNotBefore(member));
  }

  #add(added: ScoredMember): void {
    this.#sequence.insert(this.#placeOf(added), [added]);
    if (this.#dictionary !== undefined) this.#dictionary.insert(added);
    else if (this.size > undirectedSizeMax) this.#dictionary = dictionaryOf(this.members());
    this.#memory += memoryOf(added.member);
    this.#largestSize = Math.max(this.#largestSize, this.size);
    this.#longestMember = Math.max(this.#longestMember, added.member.length);
  }

  #move(member: ScoredMember, score: number): void {
    this.#sequence.remove(this.#rankOf(member), 1);
    member.score = score;
    this.#sequence.insert(this.#placeOf(member), [member]);
  }
}

/** Of those of equal score. */
function isNotBefore({ member }: ScoredMember): (other: ScoredMember) => boolean {
  return (other) => other.member >= member;
}

function scoreOf({ score }: ScoredMember): number {
  return score;
}

function dictionaryOf(members: Iterable<ScoredMember>): Dictionary<ScoredMember> {
  const dictionary = new Dictionary<ScoredMember>();
  for (const member of members) dictionary.insert(member);
  return dictionary;
}

function memoryOf(member: ByteString): number {
  return scoredMemberMemory + stringMemory(member);
}
