/** A hash as it was when it was frozen: its fields, and when they expire, as effects that make it anew. */
import type { ByteString } from '../../resp/bytes.ts';
import { inBatches } from '../batches.ts';
import type { Content, FrozenCollection } from '../collection.ts';
import { ExpiryGroups } from './expiry-groups.ts';

/** All that belongs to a field. */
export interface FieldImage {
  readonly field: ByteString;
  readonly value: ByteString;
  readonly expireAt: number | undefined;
}

export class FrozenHash implements FrozenCollection {
  readonly size: number;
  readonly #images: () => Iterable<FieldImage>;
  readonly #release: () => void;

  /** @param release called when it is not needed any more; maybe more than once */
  constructor(size: number, images: () => Iterable<FieldImage>, release: () => void = () => undefined) {
    this.size = size;
    this.#images = images;
    this.#release = release;
  }

  get kind(): 'hash' {
    return 'hash';
  }

  *contents(lengthMax: number): Generator<Content, void, undefined> {
    for (const batch of inBatches(this.#images(), lengthOf, lengthMax)) {
      const fields: ByteString[] = [];
      const groups = new ExpiryGroups<number>();
      for (const { field, value, expireAt } of batch) {
        fields.push(field, value);
        if (expireAt !== undefined) groups.add(field, expireAt);
      }
      yield { kind: 'setFields', fields };
      for (const [expireAt, group] of groups) yield { kind: 'setFieldExpiry', fields: group, expireAt };
    }
  }

  release(): void {
    this.#release();
  }
}

/** With a byte for the length of each. */
function lengthOf({ field, value }: FieldImage): number {
  return field.length + value.length + 2;
}
