/**
 * The fields of a hash that expire: when each does, and which one does first. A binary heap whose nodes know their
 * places in it, so that a field leaves it at once: the `ExpiryQueue` of a database leaves stale entries behind and
 * drops them all together, which takes too long where a million fields are given new expiries again and again.
 */
import type { ByteString } from '../../resp/bytes.ts';
import { Dictionary, hashOf, type DictionaryNode } from '../dictionary.ts';

/** This object, an empty dictionary, a heap with the room that V8 gives it. */
const emptyMemory = 416;
/** An object of eight words, its boxed time, its slots in table and heap. */
const fieldMemory = 96;

class ExpiringField implements DictionaryNode<ExpiringField> {
  readonly key: ByteString;
  readonly hash: number;
  next: ExpiringField | undefined = undefined;
  expireAt: number;
  /** Its index in the heap. */
  place: number;

  constructor(key: ByteString, hash: number, expireAt: number, place: number) {
    this.key = key;
    this.hash = hash;
    this.expireAt = expireAt;
    this.place = place;
  }
}

export class FieldExpiries {
  readonly #fields = new Dictionary<ExpiringField>();
  readonly #heap: ExpiringField[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** In bytes, without the strings: they are the fields'. */
  get memory(): number {
    return emptyMemory + this.size * fieldMemory;
  }

  get(field: ByteString): number | undefined {
    return this.#fields.find(field)?.expireAt;
  }

  /** The field that expires first and when; of several, any. */
  first(): { readonly field: ByteString; readonly expireAt: number } | undefined {
    const first = this.#heap[0];
    return first && { field: first.key, expireAt: first.expireAt };
  }

  /** Fields that expire by this time, at most so many, in the order of the heap. Takes time for these only. */
  due(now: number, countMax: number): ByteString[] {
    const due: ByteString[] = [];
    const places = [0];
    for (let place = places.pop(); place !== undefined && due.length < countMax; place = places.pop()) {
      const node = this.#heap[place];
      if (node === undefined || node.expireAt > now) continue;
      due.push(node.key);
      places.push(2 * place + 2, 2 * place + 1);
    }
    return due;
  }

  set(field: ByteString, expireAt: number): void {
    const hash = hashOf(field);
    const node = this.#fields.find(field, hash);
    if (node === undefined) {
      const added = new ExpiringField(field, hash, expireAt, this.#heap.length);
      this.#fields.insert(added);
      this.#heap.push(added);
      this.#settle(added);
    } else {
      node.expireAt = expireAt;
      this.#settle(node);
    }
  }

  delete(field: ByteString): void {
    const node = this.#fields.remove(field);
    const last = node && this.#heap.pop();
    if (node === undefined || last === undefined || last === node) return;
    this.#put(last, node.place);
    this.#settle(last);
  }

  clone(): FieldExpiries {
    const clone = new FieldExpiries();
    // In the order of the heap nothing has to move.
    for (const { key, expireAt } of this.#heap) clone.set(key, expireAt);
    return clone;
  }

  #put(node: ExpiringField, place: number): void {
    this.#heap[place] = node;
    node.place = place;
  }

  /** Moves a node to where it belongs: up, or down. */
  #settle(node: ExpiringField): void {
    for (;;) {
      const parent = this.#heap[(node.place - 1) >> 1];
      if (parent === undefined || parent.expireAt <= node.expireAt) break;
      this.#exchange(parent, node);
    }
    for (;;) {
      const child = this.#earlierChild(node.place);
      if (child === undefined || child.expireAt >= node.expireAt) break;
      this.#exchange(node, child);
    }
  }

  #earlierChild(place: number): ExpiringField | undefined {
    const left = this.#heap[2 * place + 1];
    const right = this.#heap[2 * place + 2];
    return left !== undefined && right !== undefined && right.expireAt < left.expireAt ? right : left;
  }

  #exchange(upper: ExpiringField, lower: ExpiringField): void {
    const { place } = upper;
    this.#put(upper, lower.place);
    this.#put(lower, place);
  }
}
