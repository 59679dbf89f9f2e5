/**
 * A hash table for byte strings that never stops the world: linear hashing (Litwin, 1980) splits or merges one bucket
 * per insertion or removal, so that no operation is proportional to the size of the table. V8's own `Map` doubles in
 * one go (hundreds of milliseconds at ten million keys) and ends at 2^24 entries.
 *
 * Iteration by `scan` walks the buckets in the order of their reversed bits, as Valkey's dictionaries do: an element
 * that is present from the first call to the last is visited at least once, however the table grows or shrinks
 * between the calls, and the cursor holds no state of the node, so that any node can go on with it.
 *
 * Invariant: the nodes of a bucket are all in its chain, or, where they are too many for one, all in the crowded buckets.
 * So to find, to insert and to remove take amortized constant time, whatever keys somebody has chosen.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Random } from '../environment/environment.ts';
import { CrowdedBuckets } from './crowded-buckets.ts';

/** What the table links: the owner's node carries these three fields and whatever else it wants. */
export interface DictionaryNode<N> {
  readonly key: ByteString;
  readonly hash: number;
  /** The next node of the same bucket; the dictionary's own. */
  next: N | undefined;
}

const segmentBits = 10;
const segmentSize = 1 << segmentBits;
const segmentMask = segmentSize - 1;
/** Buckets of the empty table; a power of two. */
const bucketCountMin = 4;
/** Nodes of a chain. By chance hardly one bucket in 10^10 has more, be it just before its split. */
const chainLengthMax = 16;
/** A crowded bucket that has shrunk to this gets a chain again. Far from the other bound, so that it does not swing. */
const crowdSizeMin = 8;

export class Dictionary<N extends DictionaryNode<N>> {
  #size = 0;
  /** Buckets at the begin of this round of splitting: a power of two. */
  #levelSize = bucketCountMin;
  /** The next bucket to split; those below it have been split in this round. */
  #split = 0;
  readonly #segments: (N | undefined)[][] = [new Array<N | undefined>(bucketCountMin).fill(undefined)];
  /** No chain has ever been longer. */
  #longestChain = 1;
  #crowded: CrowdedBuckets<N> | undefined;

  get size(): number {
    return this.#size;
  }

  find(key: ByteString, hash = hashOf(key)): N | undefined {
    const bucket = this.#bucketOf(hash);
    for (let node = this.#head(bucket); node !== undefined; node = node.next) {
      if (node.hash === hash && node.key === key) return node;
    }
    return this.#crowded?.find(bucket, key);
  }

  /** Adds a node whose key is not in the table. */
  insert(node: N): void {
    this.#put(this.#bucketOf(node.hash), node);
    this.#size++;
    if (this.#size > this.#bucketCount) this.#grow();
  }

  /** Takes out and returns the node of this key. */
  remove(key: ByteString, hash = hashOf(key)): N | undefined {
    const bucket = this.#bucketOf(hash);
    let before: N | undefined;
    let node = this.#head(bucket);
    while (node !== undefined && (node.hash !== hash || node.key !== key)) {
      before = node;
      node = node.next;
    }
    if (node === undefined) node = this.#removeCrowded(bucket, key);
    else if (before === undefined) this.#setHead(bucket, node.next);
    else before.next = node.next;
    if (node === undefined) return undefined;
    node.next = undefined;
    this.#size--;
    if (this.#size * 4 < this.#bucketCount && this.#bucketCount > bucketCountMin) this.#shrink();
    return node;
  }

  *[Symbol.iterator](): Generator<N, void, undefined> {
    for (const segment of this.#segments) {
      for (const head of segment) {
        for (let node = head; node !== undefined; node = node.next) yield node;
      }
    }
    for (const node of this.#crowded ?? []) yield node;
  }

  /**
   * Visits the nodes of one cursor position and returns the next cursor; 0 ends the iteration as it begins it.
   * Algorithm: Valkey's `dictScan` (Pieter Noordhuis), here for linear hashing: a bucket that has been split in this
   * round is visited together with the one that it was split into.
   */
  scan(cursor: number, visit: (node: N) => void): number {
    const mask = this.#levelSize - 1;
    const bucket = cursor & mask;
    this.#visitBucket(bucket, visit);
    if (bucket < this.#split) this.#visitBucket(bucket + this.#levelSize, visit);
    return reverseBits(reverseBits((cursor | ~mask) >>> 0) + 1);
  }

  /**
   * Visits the nodes whose hashes leave this remainder when divided by `partCount`, a power of two. A part takes time in
   * proportion to its share of the table.
   */
  visitPart(part: number, partCount: number, visit: (node: N) => void): void {
    const stride = Math.min(partCount, this.#levelSize);
    const mask = partCount - 1;
    const visitOwn = (node: N): void => {
      if ((node.hash & mask) === part) visit(node);
    };
    for (let bucket = part & (stride - 1); bucket < this.#bucketCount; bucket += stride) {
      this.#visitBucket(bucket, visitOwn);
    }
  }

  #visitBucket(bucket: number, visit: (node: N) => void): void {
    for (let node = this.#head(bucket); node !== undefined; node = node.next) visit(node);
    if (this.#crowded?.has(bucket) === true) for (const node of this.#crowded.nodesOf(bucket)) visit(node);
  }

  /** Any node, all equally likely; `undefined` where there is none. */
  random(random: Random): N | undefined {
    if (this.#size === 0) return undefined;
    const crowdedSize = this.#crowded?.size ?? 0;
    if (crowdedSize > 0 && random.uint32() % this.#size < crowdedSize) return this.#crowded?.random(random);
    for (;;) {
      let node = this.#head(random.uint32() % this.#bucketCount);
      if (node === undefined) continue;
      // As each place is taken with equal chance, be there a node or not, chains are as likely as they are long.
      for (let place = random.uint32() % this.#longestChain; node !== undefined && place > 0; place--) node = node.next;
      if (node !== undefined) return node;
    }
  }

  get #bucketCount(): number {
    return this.#levelSize + this.#split;
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#levelSize - 1);
    return bucket < this.#split ? hash & (this.#levelSize * 2 - 1) : bucket;
  }

  #head(bucket: number): N | undefined {
    return (this.#segments[bucket >> segmentBits] as (N | undefined)[])[bucket & segmentMask];
  }

  #setHead(bucket: number, node: N | undefined): void {
    const index = bucket >> segmentBits;
    const segment = this.#segments[index];
    if (segment === undefined) this.#segments[index] = new Array<N | undefined>(segmentSize).fill(undefined);
    (this.#segments[index] as (N | undefined)[])[bucket & segmentMask] = node;
  }

  /** Adds a node to a bucket. */
  #put(bucket: number, node: N): void {
    if (this.#crowded?.has(bucket) === true) {
      node.next = undefined;
      this.#crowded.add(bucket, node);
      return;
    }
    const head = this.#head(bucket);
    node.next = head;
    this.#setHead(bucket, node);
    if (head === undefined) return;
    let length = 1;
    for (let one: N | undefined = head; one !== undefined; one = one.next) length++;
    if (length > chainLengthMax) this.#crowd(bucket);
    else if (length > this.#longestChain) this.#longestChain = length;
  }

  #crowd(bucket: number): void {
    this.#crowded ??= new CrowdedBuckets();
    let node = this.#head(bucket);
    this.#setHead(bucket, undefined);
    while (node !== undefined) {
      const next: N | undefined = node.next;
      node.next = undefined;
      this.#crowded.add(bucket, node);
      node = next;
    }
  }

  #removeCrowded(bucket: number, key: ByteString): N | undefined {
    const node = this.#crowded?.remove(bucket, key);
    if (node !== undefined) this.#uncrowd(bucket);
    return node;
  }

  /** Gives a bucket its chain back if it is small enough. */
  #uncrowd(bucket: number): void {
    if (this.#crowded === undefined || this.#crowded.sizeOf(bucket) > crowdSizeMin) return;
    for (const node of this.#crowded.take(bucket)) this.#put(bucket, node);
  }

  #grow(): void {
    const from = this.#split;
    const to = from + this.#levelSize;
    if (this.#crowded?.has(from) === true) this.#splitCrowded(this.#crowded, from, to);
    else this.#splitChain(from, to);
    this.#split++;
    if (this.#split === this.#levelSize) {
      this.#levelSize *= 2;
      this.#split = 0;
    }
  }

  #splitChain(from: number, to: number): void {
    let node = this.#head(from);
    let stays: N | undefined;
    let moves: N | undefined;
    while (node !== undefined) {
      const next: N | undefined = node.next;
      if ((node.hash & this.#levelSize) === 0) {
        node.next = stays;
        stays = node;
      } else {
        node.next = moves;
        moves = node;
      }
      node = next;
    }
    this.#setHead(from, stays);
    this.#setHead(to, moves);
  }

  #splitCrowded(crowded: CrowdedBuckets<N>, from: number, to: number): void {
    this.#setHead(to, undefined);
    for (const node of crowded.nodesOf(from)) {
      if ((node.hash & this.#levelSize) === 0) continue;
      crowded.remove(from, node.key);
      this.#put(to, node);
    }
    this.#uncrowd(from);
  }

  #shrink(): void {
    if (this.#split === 0) {
      this.#levelSize /= 2;
      this.#split = this.#levelSize;
    }
    this.#split--;
    const last = this.#split + this.#levelSize;
    this.#merge(last, this.#split);
    if ((last & segmentMask) === 0 && last > 0) this.#segments.length = last >> segmentBits;
  }

  #merge(from: number, into: number): void {
    let node = this.#head(from);
    this.#setHead(from, undefined);
    while (node !== undefined) {
      const next: N | undefined = node.next;
      this.#put(into, node);
      node = next;
    }
    if (this.#crowded?.has(from) === true) for (const one of this.#crowded.take(from)) this.#put(into, one);
  }
}

/** A command looks its key up several times in a row: the last hash is remembered. */
let lastKey = '';
let lastHash = computeHash('');

export function hashOf(key: ByteString): number {
  if (key === lastKey) return lastHash;
  lastKey = key;
  return (lastHash = computeHash(key));
}

/**
 * FNV-1a with the final mix of MurmurHash3, so that the low bits, which choose the bucket, depend on every byte. Cursors
 * and the parts of snapshots are made of it: it has no seed, and must stay as it is (`docs/store-format.md`).
 */
function computeHash(key: ByteString): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function reverseBits(value: number): number {
  let v = value;
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return ((v >>> 16) | (v << 16)) >>> 0;
}
