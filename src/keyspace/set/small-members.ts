/**
 * The members of a small set: an array in the order in which they came, as in Valkey's listpack. A change replaces the
 * array: it has no room to spare, and a copy costs nothing.
 */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Members } from './members.ts';

/** Up to here a linear search takes no longer than a look-up in a table (about two nanoseconds a member). */
export const smallMembersMax = 64;
/** This object, the array and its elements' header. */
const emptyMemory = 80;
const memberMemory = 8;

export class SmallMembers implements Members {
  #members: readonly ByteString[];

  /** @param members each once */
  constructor(members: readonly ByteString[]) {
    this.#members = members;
  }

  get size(): number {
    return this.#members.length;
  }

  get sizeMax(): number {
    return smallMembersMax;
  }

  memory(strings: number): number {
    return emptyMemory + this.size * memberMemory + strings;
  }

  accepts(): boolean {
    return true;
  }

  has(member: ByteString): boolean {
    return this.#members.includes(member);
  }

  beforeChange(): void {
    // What is frozen has the array as it is.
  }

  add(member: ByteString): boolean {
    if (this.has(member)) return false;
    this.#members = this.#members.toSpliced(this.size, 0, member);
    return true;
  }

  delete(member: ByteString): boolean {
    const at = this.#members.indexOf(member);
    if (at < 0) return false;
    this.#members = this.#members.toSpliced(at, 1);
    return true;
  }

  [Symbol.iterator](): Iterator<ByteString> {
    return this.#members.values();
  }

  random(random: Random): ByteString | undefined {
    return this.size === 0 ? undefined : this.#members[random.uint32() % this.size];
  }

  /** All at once: a small set may become a table before the next call. */
  scan(_cursor: number, visit: (member: ByteString) => void): number {
    for (const member of this.#members) visit(member);
    return 0;
  }

  clone(): SmallMembers {
    return new SmallMembers(this.#members);
  }
}
