/**
 * A list: elements in a sequence, and what must be known of all of them without looking. Reads answer `undefined`, or
 * less, where there is nothing; changes outside of the list throw.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { Collection, FrozenCollection } from '../collection.ts';
import { stringMemory } from '../memory.ts';
import { Sequence, type Step } from '../sequence/sequence.ts';
import { FrozenList } from './frozen-list.ts';

/** The value, its sequence, its first leaf. */
export const emptyListMemory = 320;
/** An element's slot in a leaf and its share of what leaves and branches need beside. */
export const listElementMemory = 12;

export class ListValue implements Collection {
  readonly kind = 'list';
  #elements = new Sequence<ByteString>();
  #memory = emptyListMemory;

  get size(): number {
    return this.#elements.size;
  }

  get memory(): number {
    return this.#memory;
  }

  at(index: number): ByteString | undefined {
    return this.#elements.at(index);
  }

  /** From one index to before another. */
  slice(from = 0, to = this.size): ByteString[] {
    return this.#elements.slice(from, to);
  }

  /** From an index to the end (1) or to the begin (-1). Not while the list changes. */
  elements(from = 0, step: Step = 1): Iterable<ByteString> {
    return this.#elements.iterate(from, step);
  }

  /** One after another: they stand in reverse order. */
  pushLeft(elements: readonly ByteString[]): void {
    this.insert(0, elements.length === 1 ? elements : elements.toReversed());
  }

  pushRight(elements: readonly ByteString[]): void {
    this.insert(this.size, elements);
  }

  /** Returns them from left to right. */
  popLeft(count: number): ByteString[] {
    return this.remove(0, count);
  }

  /** Returns them from right to left. */
  popRight(count: number): ByteString[] {
    return this.remove(this.size - count, count).reverse();
  }

  /** Returns what was there. */
  set(index: number, element: ByteString): ByteString {
    const old = this.#elements.set(index, element);
    this.#count(old, -1);
    this.#count(element, 1);
    return old;
  }

  /** Inserts before the element at this index, or at the end. */
  insert(index: number, elements: readonly ByteString[]): void {
    this.#elements.insert(index, elements);
    for (const element of elements) this.#count(element, 1);
  }

  /** Returns them from left to right. */
  remove(index: number, count: number): ByteString[] {
    const removed = this.#elements.remove(index, count);
    for (const element of removed) this.#count(element, -1);
    return removed;
  }

  clone(): ListValue {
    const copy = new ListValue();
    copy.#elements = this.#elements.share();
    copy.#memory = this.#memory;
    return copy;
  }

  freeze(): FrozenCollection {
    return new FrozenList(this.#elements.share());
  }

  #count(element: ByteString, change: 1 | -1): void {
    this.#memory += change * (listElementMemory + stringMemory(element));
  }
}
