/**
 * Which configurations the search has entered: sets of linearized operations with the state after them (Lowe's state
 * cache). A configuration is dominated, and need not be entered, if one was that has linearized the same certain
 * operations, is in the same state and has used no uncertain operation that this one has not: whatever is possible from
 * here was possible from there.
 *
 * A set of certain operations is written as its *frontier* (one more than the last operation in it, in order of calls)
 * and its *holes* (those before the frontier that are not in it). Holes are concurrent with what follows, so they
 * are no more than there are clients, and an entry stays small however long the history is; a bit for each operation
 * would make memory grow with the square of the length.
 *
 * Entries lie in one array of words: previous entry of the bucket, hash, state, frontier, number of holes, the holes, and
 * a bit for each uncertain operation.
 */
const fixedWords = 5;

export interface Configuration {
  /** Of the certain operations. */
  readonly hash: number;
  readonly state: number;
  readonly frontier: number;
  /** Only the first `holeCount` count. */
  readonly holes: Int32Array;
  readonly holeCount: number;
  /** Bits of the uncertain operations that were used. */
  readonly used: Int32Array;
}

export class ConfigurationCache {
  #words = new Int32Array(2 ** 12);
  #end = 1;
  #buckets = new Int32Array(2 ** 10);
  #count = 0;

  get bytes(): number {
    return 4 * (this.#words.length + this.#buckets.length);
  }

  clear(): void {
    this.#end = 1;
    this.#count = 0;
    this.#buckets.fill(0);
  }

  /** `false`: it is dominated. Otherwise it is remembered. */
  enter(configuration: Configuration): boolean {
    const hash = configuration.hash ^ Math.imul(configuration.state + 1, 0x9e3779b1);
    const bucket = this.#bucketOf(hash);
    const head = this.#buckets[bucket] as number;
    for (let at = head; at !== 0; at = this.#words[at] as number) {
      if (this.#words[at + 1] === hash && this.#dominates(at, configuration)) return false;
    }
    this.#append(hash, head, configuration);
    this.#buckets[bucket] = this.#end - entryWords(configuration);
    if (++this.#count > this.#buckets.length) this.#grow();
    return true;
  }

  #bucketOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#buckets.length - 1);
  }

  #dominates(at: number, { state, frontier, holes, holeCount, used }: Configuration): boolean {
    const words = this.#words;
    if (words[at + 2] !== state || words[at + 3] !== frontier || words[at + 4] !== holeCount) return false;
    let from = at + fixedWords;
    for (let hole = 0; hole < holeCount; hole++) if (words[from++] !== holes[hole]) return false;
    for (const bits of used) if (((words[from++] as number) & ~bits) !== 0) return false;
    return true;
  }

  #append(hash: number, previous: number, configuration: Configuration): void {
    const { state, frontier, holes, holeCount, used } = configuration;
    const end = this.#end + entryWords(configuration);
    if (end > this.#words.length) {
      const longer = new Int32Array(Math.max(2 * this.#words.length, end));
      longer.set(this.#words);
      this.#words = longer;
    }
    const words = this.#words;
    let to = this.#end;
    words[to++] = previous;
    words[to++] = hash;
    words[to++] = state;
    words[to++] = frontier;
    words[to++] = holeCount;
    for (let hole = 0; hole < holeCount; hole++) words[to++] = holes[hole] as number;
    for (const bits of used) words[to++] = bits;
    this.#end = end;
  }

  /** The entries know their hashes and, by the number of their holes, their lengths. */
  #grow(): void {
    const previous = this.#buckets;
    this.#buckets = new Int32Array(2 * previous.length);
    for (const head of previous) {
      for (let at = head; at !== 0;) {
        const next = this.#words[at] as number;
        const bucket = this.#bucketOf(this.#words[at + 1] as number);
        this.#words[at] = this.#buckets[bucket] as number;
        this.#buckets[bucket] = at;
        at = next;
      }
    }
  }
}

function entryWords({ holeCount, used }: Configuration): number {
  return fixedWords + holeCount + used.length;
}
