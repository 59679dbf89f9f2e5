/**
 * The nodes of a dictionary's buckets whose chains have become too long. The hash of the dictionary must be the same on
 * every node and for ever, so that anybody can make as many keys of one hash as they like; a chain of n of them would
 * cost n steps an operation. Here they are found by a `Map`, whose hash V8 seeds anew in every process.
 *
 * The account of memory leaves this out: some 100 bytes for each node here, which nobody has by chance.
 */
import type { Random } from '../environment/environment.ts';
import type { ByteString } from '../resp/bytes.ts';

interface Member<N> {
  readonly node: N;
  /** Its index among all members. */
  place: number;
}

export class CrowdedBuckets<N extends { readonly key: ByteString }> {
  readonly #buckets = new Map<number, Map<ByteString, Member<N>>>();
  /** Of all buckets, so that any of them can be drawn at once. */
  readonly #members: Member<N>[] = [];

  /** Of all buckets. */
  get size(): number {
    return this.#members.length;
  }

  has(bucket: number): boolean {
    return this.#buckets.has(bucket);
  }

  /** How many nodes a bucket has here. */
  sizeOf(bucket: number): number {
    return this.#buckets.get(bucket)?.size ?? 0;
  }

  find(bucket: number, key: ByteString): N | undefined {
    return this.#buckets.get(bucket)?.get(key)?.node;
  }

  /** Adds a node whose key is not here; a bucket that was not here is from now on. */
  add(bucket: number, node: N): void {
    const members = this.#buckets.get(bucket) ?? new Map<ByteString, Member<N>>();
    if (members.size === 0) this.#buckets.set(bucket, members);
    const member = { node, place: this.#members.length };
    members.set(node.key, member);
    this.#members.push(member);
  }

  remove(bucket: number, key: ByteString): N | undefined {
    const members = this.#buckets.get(bucket);
    const member = members?.get(key);
    if (members === undefined || member === undefined) return undefined;
    members.delete(key);
    if (members.size === 0) this.#buckets.delete(bucket);
    const last = this.#members.pop() as Member<N>;
    if (last !== member) {
      this.#members[member.place] = last;
      last.place = member.place;
    }
    return member.node;
  }

  /** Removes all nodes of a bucket, which then is here no longer. */
  take(bucket: number): readonly N[] {
    const nodes = [...this.nodesOf(bucket)];
    for (const { key } of nodes) this.remove(bucket, key);
    return nodes;
  }

  /** The nodes of one bucket. It may lose the one that is visited. */
  *nodesOf(bucket: number): Generator<N, void, undefined> {
    for (const { node } of this.#buckets.get(bucket)?.values() ?? []) yield node;
  }

  *[Symbol.iterator](): Generator<N, void, undefined> {
    for (const { node } of this.#members) yield node;
  }

  /** Any node, all equally likely; `undefined` where there is none. */
  random(random: Random): N | undefined {
    return this.#members[random.uint32() % this.size]?.node;
  }
}
