/**
 * The members of a small set of integers: a sorted array of numbers, as Valkey's intset, which V8 holds as eight bytes
 * each (a typed array has a header as large as forty of them). Integers that a number does not hold exactly are no
 * members here. A change replaces the array: it has no room to spare, and a copy costs nothing.
 */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import type { Members } from './members.ts';

/** The search is binary; a change moves up to four kilobytes, which takes no longer than adding to a table. */
export const integerMembersMax = 512;
/** This object, the array and its elements' header. */
const emptyMemory = 80;
const memberMemory = 8;

export class IntegerMembers implements Members {
  #sorted: readonly number[];

  constructor(sorted: readonly number[] = []) {
    this.#sorted = sorted;
  }

  get size(): number {
    return this.#sorted.length;
  }

  get sizeMax(): number {
    return integerMembersMax;
  }

  memory(): number {
    return emptyMemory + this.size * memberMemory;
  }

  accepts(member: ByteString): boolean {
    return typeof parseInteger(member) === 'number';
  }

  has(member: ByteString): boolean {
    const integer = parseInteger(member);
    return typeof integer === 'number' && this.#sorted[this.#placeOf(integer)] === integer;
  }

  beforeChange(): void {
    // What is frozen has the array as it is.
  }

  add(member: ByteString): boolean {
    const integer = parseInteger(member);
    if (typeof integer !== 'number') throw new Error('not an integer that a number holds exactly');
    const place = this.#placeOf(integer);
    if (this.#sorted[place] === integer) return false;
    this.#sorted = this.#sorted.toSpliced(place, 0, integer);
    return true;
  }

  delete(member: ByteString): boolean {
    if (!this.has(member)) return false;
    this.#sorted = this.#sorted.toSpliced(this.#placeOf(Number(member)), 1);
    return true;
  }

  *[Symbol.iterator](): Generator<ByteString, void, undefined> {
    for (const integer of this.#sorted) yield String(integer);
  }

  random(random: Random): ByteString | undefined {
    return this.size === 0 ? undefined : String(this.#sorted[random.uint32() % this.size]);
  }

  /** All at once: it may take another form before the next call. */
  scan(_cursor: number, visit: (member: ByteString) => void): number {
    for (const member of this) visit(member);
    return 0;
  }

  clone(): IntegerMembers {
    return new IntegerMembers(this.#sorted);
  }

  /** The index of the first that is not smaller. */
  #placeOf(integer: number): number {
    const sorted = this.#sorted;
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as number) < integer) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
