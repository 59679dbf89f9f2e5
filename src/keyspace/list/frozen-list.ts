/** A list as it was: a sequence that shares its nodes with the list's and does not change. */
import type { ByteString } from '../../resp/bytes.ts';
import { inBatches } from '../batches.ts';
import type { Content, FrozenCollection } from '../collection.ts';
import { Sequence } from '../sequence/sequence.ts';

/** About what an element takes in an encoded effect beside its bytes. */
const lengthPerElement = 2;

export class FrozenList implements FrozenCollection {
  readonly kind = 'list';
  readonly size: number;
  #elements: Sequence<ByteString>;

  /** @param elements that nobody else changes */
  constructor(elements: Sequence<ByteString>) {
    this.size = elements.size;
    this.#elements = elements;
  }

  *contents(lengthMax: number): Generator<Content, void, undefined> {
    const lengthOf = (element: ByteString): number => element.length + lengthPerElement;
    for (const elements of inBatches(this.#elements.iterate(), lengthOf, lengthMax)) {
      yield { kind: 'pushElements', side: 'right', elements };
    }
  }

  release(): void {
    this.#elements = new Sequence();
  }
}
