/** A set as it was when it was frozen: its members, as effects that make it anew. */
import type { ByteString } from '../../resp/bytes.ts';
import { inBatches } from '../batches.ts';
import type { Content, FrozenCollection } from '../collection.ts';

export class FrozenSet implements FrozenCollection {
  readonly size: number;
  readonly #members: () => Iterable<ByteString>;
  readonly #release: () => void;

  /** @param release called when it is not needed any more; maybe more than once */
  constructor(size: number, members: () => Iterable<ByteString>, release: () => void = () => undefined) {
    this.size = size;
    this.#members = members;
    this.#release = release;
  }

  get kind(): 'set' {
    return 'set';
  }

  *contents(lengthMax: number): Generator<Content, void, undefined> {
    for (const members of inBatches(this.#members(), lengthOf, lengthMax)) yield { kind: 'addMembers', members };
  }

  release(): void {
    this.#release();
  }
}

/** With a byte for its length. */
function lengthOf(member: ByteString): number {
  return member.length + 1;
}
