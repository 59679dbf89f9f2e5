/**
 * The keys of a database by the time at which they expire: a binary heap with lazy deletion. An entry counts only as
 * long as its key still has that very expiry; the others are dropped when they surface, or all at once when they are
 * the greater part.
 */
import type { ByteString } from '../resp/bytes.ts';

interface QueueEntry {
  readonly key: ByteString;
  readonly expireAt: number;
}

/** Below this many entries a compaction is not worth its while. */
const compactionSizeMin = 64;

export class ExpiryQueue {
  #heap: QueueEntry[] = [];
  readonly #expiryOf: (key: ByteString) => number | undefined;
  readonly #liveCount: () => number;

  /**
   * @param expiryOf the expiry that a key has now
   * @param liveCount how many keys have an expiry now
   */
  constructor(expiryOf: (key: ByteString) => number | undefined, liveCount: () => number) {
    this.#expiryOf = expiryOf;
    this.#liveCount = liveCount;
  }

  push(key: ByteString, expireAt: number): void {
    if (this.#heap.length >= compactionSizeMin && this.#heap.length > 2 * this.#liveCount()) this.#compact();
    this.#heap.push({ key, expireAt });
    this.#up(this.#heap.length - 1);
  }

  /** The key that expires next and when, or `undefined`. */
  peek(): QueueEntry | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || this.#expiryOf(first.key) === first.expireAt) return first;
      this.#pop();
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #compact(): void {
    const seen = new Set<ByteString>();
    this.#heap = this.#heap.filter(({ key, expireAt }) => {
      if (seen.has(key) || this.#expiryOf(key) !== expireAt) return false;
      seen.add(key);
      return true;
    });
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(i);
  }

  #up(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  #down(start: number): void {
    let at = start;
    for (;;) {
      const left = 2 * at + 1;
      const leftEntry = this.#heap[left];
      if (leftEntry === undefined) return;
      const right = this.#heap[left + 1];
      const child = right !== undefined && right.expireAt < leftEntry.expireAt ? left + 1 : left;
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  #swapIfEarlier(below: number, above: number): boolean {
    const lower = this.#heap[below] as QueueEntry;
    const upper = this.#heap[above] as QueueEntry;
    if (lower.expireAt >= upper.expireAt) return false;
    this.#heap[below] = upper;
    this.#heap[above] = lower;
    return true;
  }
}
