/** The fields of a large hash: a table that never stops to grow, and that can be frozen at no cost. */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { Dictionary, hashOf, type DictionaryNode } from '../dictionary.ts';
import { Freezes, type FrozenTable } from '../frozen-table.ts';
import type { Fields, HashEntry } from './fields.ts';

/** This object, an empty dictionary, no freezes. */
const emptyMemory = 320;
/** An object of seven words and its slot in the table. */
const fieldMemory = 64;

class FieldNode implements DictionaryNode<FieldNode> {
  readonly key: ByteString;
  readonly hash: number;
  next: FieldNode | undefined = undefined;
  value: ByteString;

  constructor(key: ByteString, hash: number, value: ByteString) {
    this.key = key;
    this.hash = hash;
    this.value = value;
  }
}

export class FieldTable<Image> implements Fields {
  readonly #table = new Dictionary<FieldNode>();
  readonly #freezes = new Freezes<FieldNode, Image>(this.#table);

  /** @param entries each field once */
  constructor(entries: Iterable<HashEntry>) {
    for (const [field, value] of entries) this.#table.insert(new FieldNode(field, hashOf(field), value));
  }

  get size(): number {
    return this.#table.size;
  }

  get sizeMax(): number {
    return Infinity;
  }

  get memory(): number {
    return emptyMemory + this.size * fieldMemory;
  }

  get(field: ByteString): ByteString | undefined {
    return this.#table.find(field)?.value;
  }

  stored(field: ByteString): ByteString | undefined {
    return this.#table.find(field)?.key;
  }

  beforeChange(field: ByteString): void {
    this.#freezes.beforeChange(field, hashOf(field));
  }

  set(field: ByteString, value: ByteString): ByteString | undefined {
    const hash = hashOf(field);
    const node = this.#table.find(field, hash);
    if (node === undefined) {
      this.#table.insert(new FieldNode(field, hash, value));
      return undefined;
    }
    const old = node.value;
    node.value = value;
    return old;
  }

  delete(field: ByteString): ByteString | undefined {
    return this.#table.remove(field)?.value;
  }

  *[Symbol.iterator](): Generator<HashEntry, void, undefined> {
    for (const { key, value } of this.#table) yield [key, value];
  }

  random(random: Random): HashEntry | undefined {
    const node = this.#table.random(random);
    return node && [node.key, node.value];
  }

  scan(cursor: number, visit: (field: ByteString, value: ByteString) => void): number {
    return this.#table.scan(cursor, ({ key, value }) => {
      visit(key, value);
    });
  }

  clone(): FieldTable<Image> {
    return new FieldTable(this);
  }

  freeze(imageOf: (field: ByteString, value: ByteString) => Image): FrozenTable<FieldNode, Image> {
    return this.#freezes.begin(({ key, value }) => imageOf(key, value));
  }
}
