/** The members of a large set: a table that never stops to grow, and that can be frozen at no cost. */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { Dictionary, hashOf, type DictionaryNode } from '../dictionary.ts';
import { Freezes, type FrozenTable } from '../frozen-table.ts';
import type { Members } from './members.ts';

/** This object, an empty dictionary, no freezes. */
const emptyMemory = 320;
/** An object of six words and its slot in the table. */
const memberMemory = 56;

class MemberNode implements DictionaryNode<MemberNode> {
  readonly key: ByteString;
  readonly hash: number;
  next: MemberNode | undefined = undefined;

  constructor(key: ByteString, hash: number) {
    this.key = key;
    this.hash = hash;
  }
}

export class MemberTable implements Members {
  readonly #table = new Dictionary<MemberNode>();
  readonly #freezes = new Freezes<MemberNode, ByteString>(this.#table);

  /** @param members each once */
  constructor(members: Iterable<ByteString>) {
    for (const member of members) this.#table.insert(new MemberNode(member, hashOf(member)));
  }

  get size(): number {
    return this.#table.size;
  }

  get sizeMax(): number {
    return Infinity;
  }

  memory(strings: number): number {
    return emptyMemory + this.size * memberMemory + strings;
  }

  accepts(): boolean {
    return true;
  }

  has(member: ByteString): boolean {
    return this.#table.find(member) !== undefined;
  }

  beforeChange(member: ByteString): void {
    this.#freezes.beforeChange(member, hashOf(member));
  }

  add(member: ByteString): boolean {
    const hash = hashOf(member);
    if (this.#table.find(member, hash) !== undefined) return false;
    this.#table.insert(new MemberNode(member, hash));
    return true;
  }

  delete(member: ByteString): boolean {
    return this.#table.remove(member) !== undefined;
  }

  *[Symbol.iterator](): Generator<ByteString, void, undefined> {
    for (const { key } of this.#table) yield key;
  }

  random(random: Random): ByteString | undefined {
    return this.#table.random(random)?.key;
  }

  scan(cursor: number, visit: (member: ByteString) => void): number {
    return this.#table.scan(cursor, ({ key }) => {
      visit(key);
    });
  }

  clone(): MemberTable {
    return new MemberTable(this);
  }

  freeze(): FrozenTable<MemberNode, ByteString> {
    return this.#freezes.begin(({ key }) => key);
  }
}
