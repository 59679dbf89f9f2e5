/**
 * A set. Small ones of integers are a sorted array of numbers, other small ones an array of strings, large ones a
 * table; one that has changed its form never changes back. Effects change it (`apply-set-effect.ts`), nothing else.
 *
 * The order of the members is no part of the content: integers stand in theirs, others in that of their coming while
 * the set is small, and any later. Do not change a set while iterating over it; between two calls of `scan` is well.
 */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import type { Collection } from '../collection.ts';
import { stringMemory } from '../memory.ts';
import { FrozenSet } from './frozen-set.ts';
import { IntegerMembers } from './integer-members.ts';
import { MemberTable } from './member-table.ts';
import { SmallMembers, smallMembersMax } from './small-members.ts';

/** This object: nine words. */
const emptyMemory = 72;

export class SetValue implements Collection, Iterable<ByteString> {
  #members: IntegerMembers | SmallMembers | MemberTable = new IntegerMembers();
  #stringMemory = 0;
  #isOfIntegers = true;
  #largestSizeOfIntegers = 0;
  #largestSize = 0;
  #longestMember = 0;

  get kind(): 'set' {
    return 'set';
  }

  get size(): number {
    return this.#members.size;
  }

  get memory(): number {
    return emptyMemory + this.#members.memory(this.#stringMemory);
  }

  /**
   * Whether all members have been integers (canonical, of 64 bits) always. This and the next three are for
   * `OBJECT ENCODING`: Valkey never converts back.
   */
  get isOfIntegers(): boolean {
    return this.#isOfIntegers;
  }

  /** The most members it has had while all had been integers always. */
  get largestSizeOfIntegers(): number {
    return this.#largestSizeOfIntegers;
  }

  /** The most members it has had since it held one that was no integer. */
  get largestSize(): number {
    return this.#largestSize;
  }

  /** The length of the longest member it has ever had. */
  get longestMember(): number {
    return this.#longestMember;
  }

  has(member: ByteString): boolean {
    return this.#members.has(member);
  }

  /** @returns whether it is new */
  add(member: ByteString): boolean {
    this.#members.beforeChange(member);
    if (!this.#members.accepts(member)) {
      this.#members = this.size < smallMembersMax ? new SmallMembers([...this]) : new MemberTable(this);
    }
    if (!this.#members.add(member)) return false;
    if (this.size > this.#members.sizeMax) this.#members = new MemberTable(this);
    this.#stringMemory += stringMemory(member);
    this.#remember(member);
    return true;
  }

  /** @returns whether it was there */
  delete(member: ByteString): boolean {
    this.#members.beforeChange(member);
    if (!this.#members.delete(member)) return false;
    this.#stringMemory -= stringMemory(member);
    return true;
  }

  [Symbol.iterator](): Iterator<ByteString> {
    return this.#members[Symbol.iterator]();
  }

  /** Any member, all equally likely (`Dictionary.random`); `undefined` where there is none. */
  random(random: Random): ByteString | undefined {
    return this.#members.random(random);
  }

  /** See `Dictionary.scan`. A small set is visited all at once. */
  scan(cursor: number, visit: (member: ByteString) => void): number {
    return this.#members.scan(cursor, visit);
  }

  clone(): SetValue {
    const clone = new SetValue();
    clone.#members = this.#members.clone();
    clone.#stringMemory = this.#stringMemory;
    clone.#isOfIntegers = this.#isOfIntegers;
    clone.#largestSizeOfIntegers = this.#largestSizeOfIntegers;
    clone.#largestSize = this.#largestSize;
    clone.#longestMember = this.#longestMember;
    return clone;
  }

  freeze(): FrozenSet {
    const members = this.#members;
    if (!(members instanceof MemberTable)) {
      const copy = members.clone();
      return new FrozenSet(this.size, () => copy);
    }
    const frozen = members.freeze();
    return new FrozenSet(
      this.size,
      () => frozen.images(),
      () => {
        frozen.release();
      },
    );
  }

  #remember(added: ByteString): void {
    if (this.#isOfIntegers && parseInteger(added) === undefined) this.#isOfIntegers = false;
    if (this.#isOfIntegers) this.#largestSizeOfIntegers = Math.max(this.#largestSizeOfIntegers, this.size);
    else this.#largestSize = Math.max(this.#largestSize, this.size);
    if (added.length > this.#longestMember) this.#longestMember = added.length;
  }
}
