/**
 * Those who wait for one key, in the order in which they began to. A try takes its command out of the line, and a
 * conflict may bring it back to its old place; that is rare, so the order is restored where it is asked for.
 */
import type { ByteString } from '../../resp/bytes.ts';

/** Something with a place in the order of all that wait. */
interface Numbered {
  readonly number: number;
}

export class WaitingLine<Waiting extends Numbered> {
  readonly db: number;
  readonly key: ByteString;
  #members = new Set<Waiting>();
  #newestNumber = -Infinity;
  #isInOrder = true;

  constructor(db: number, key: ByteString) {
    this.db = db;
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  add(waiting: Waiting): void {
    if (this.#members.has(waiting)) return;
    this.#members.add(waiting);
    if (waiting.number < this.#newestNumber) this.#isInOrder = false;
    else this.#newestNumber = waiting.number;
  }

  remove(waiting: Waiting): void {
    this.#members.delete(waiting);
  }

  /** Members may leave while this is walked over. */
  inOrder(): Iterable<Waiting> {
    if (!this.#isInOrder) {
      this.#members = new Set([...this.#members].sort((a, b) => a.number - b.number));
      this.#isInOrder = true;
    }
    return this.#members;
  }
}
