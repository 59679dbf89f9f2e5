/**
 * Deletes what no head needs any more. A head makes older objects obsolete; for the grace period they are left to readers
 * who are slow. All dates are the store's.
 *
 * Invariants:
 * - What the newest head needs, or one of its history, which has all that were the newest within the grace period, is not
 *   deleted; nor what a branch needs.
 * - An object of a snapshot that nobody names is deleted only if it is older than the newest snapshot: whoever has begun
 *   to write one since may still name it, and whoever began before loses the race for the head.
 */
import type { ListedObject } from '../../store/object-store.ts';
import type { Deadline } from '../log.ts';
import { ownerOf, type EarlierHead, type Head } from './head.ts';
import type { Heads } from './heads.ts';
import { decodeManifest, objectsOf } from './manifest.ts';
import { numberOf, prefixesOf, recordPrefix, sidePrefix, snapshotPrefix } from './names.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';

interface CollectorOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly slices: Slices;
  /** Of the database, in the store. */
  readonly name: string;
  readonly databaseCount: number;
}

/** Dates of stores are of seconds, some in milliseconds: what lies closer together has no certain order. */
const dateToleranceMs = 2000;
/** More than commits of one node are under way at once, so that they cannot run away from it. */
const deletesAtOnce = 16;
/** How long it asks for one thing; deleting takes as long as it takes. */
const patienceMs = 600_000;

export class Collector {
  readonly #options: CollectorOptions;
  #isAtWork = false;
  /** The newest that came while it was at work. */
  #next: { readonly head: Head; readonly now: number } | undefined;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Deletes what can be; what cannot be found out, or deleted, is left for the next time.
   * @param head the newest, put in place a moment ago
   * @param now by the store
   */
  async collect(head: Head, now: number): Promise<void> {
    this.#next = { head, now };
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    for (let next; (next = this.#next) !== undefined;) {
      this.#next = undefined;
      await this.#collect(next.head, next.now);
    }
    this.#isAtWork = false;
  }

  async #collect(head: Head, now: number): Promise<void> {
    const { requests, heads, name } = this.#options;
    // When this head was in place at the latest: where there is a newer one by now, that is only later.
    const at = heads.newestSince ?? now;
    const deadline = requests.environment.clock.monotonic() + patienceMs;
    const own: ListedObject[] = [];
    for (const prefix of prefixesOf(name)) {
      const listed = await requests.list(prefix, deadline);
      if (listed === undefined) return;
      // One by one: as arguments of one call so many could overflow the stack.
      for (const object of listed) own.push(object);
    }
    const needed = [...head.history, { number: head.log.number, snapshot: head.snapshot, at }];
    const [oldest] = needed as [EarlierHead];
    // What the oldest made obsolete has been so for the grace period only if the oldest is that old itself.
    const first = oldest.at + heads.graceMs < now ? oldest.number : 0;
    const parts = await this.#partsOf(head, needed, deadline);
    if (parts === undefined) return;
    const newestAt = own.find(({ name: object }) => object === head.snapshot)?.modifiedAt ?? 0;
    const isObsolete = ({ name: object, modifiedAt }: ListedObject): boolean => {
      if (object.startsWith(recordPrefix(name)) || object.startsWith(sidePrefix(name))) {
        const number = numberOf(name, object) ?? first;
        return number < first && !head.branches.some(({ from, until }) => from <= number && number <= until);
      }
      return object.startsWith(snapshotPrefix(name)) && !parts.has(object) && modifiedAt < newestAt - dateToleranceMs;
    };
    await this.#deleteAll(own.filter(isObsolete));
  }

  /** The names of all objects that the snapshots of these heads and branches are made of. */
  async #partsOf(
    head: Head,
    heads: readonly EarlierHead[],
    deadline: Deadline,
  ): Promise<ReadonlySet<string> | undefined> {
    const snapshots = [
      ...heads.map(({ number, snapshot }) => ({ snapshot, owner: ownerOf(number - 1, head, this.#options.name) })),
      ...head.branches.map(({ from, snapshot }) => ({ snapshot, owner: ownerOf(from - 1, head, this.#options.name) })),
    ];
    const { requests, databaseCount } = this.#options;
    const names = new Set<string>();
    for (const { snapshot, owner } of snapshots) {
      if (snapshot === undefined || names.has(snapshot)) continue;
      names.add(snapshot);
      const fetched = await requests.fetch(snapshot, deadline, (body) =>
        decodeManifest(body, { database: owner.database, databaseCount }),
      );
      if (fetched.kind !== 'found') return undefined;
      for (const { parts } of fetched.content.databases)
        for (const object of parts.flatMap(objectsOf)) names.add(object.name);
    }
    return names;
  }

  async #deleteAll(objects: readonly ListedObject[]): Promise<void> {
    const { slices, requests } = this.#options;
    let at = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        const object = objects[at++];
        if (object === undefined) return;
        // To send a request takes a millisecond: all of them in one turn would hold up commands.
        await slices.next();
        await requests.store.delete(object.name);
      }
    };
    await Promise.all(Array.from({ length: deletesAtOnce }, worker));
  }
}
