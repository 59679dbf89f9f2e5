/**
 * Deletes what no head needs any more. A head makes older objects obsolete; for the grace period they are left to readers
 * who are slow. All dates are the store's.
 *
 * Invariants:
 * - What the newest head needs, or one of its history, which has all that were the newest within the grace period, is not
 *   deleted; nor what a branch needs.
 * - An object of a snapshot that nobody names is deleted only if it is older than the newest head: whoever has begun to
 *   write a snapshot since may still name it, and whoever began before loses the race for the head.
 */
import type { ListedObject } from '../../store/object-store.ts';
import type { Deadline } from '../log.ts';
import { ownerOf, type EarlierHead, type Head } from './head.ts';
import { decodeManifest, objectsOf } from './manifest.ts';
import { numberOf, recordPrefix, sidePrefix, snapshotPrefix } from './names.ts';
import type { Requests } from './requests.ts';

interface CollectorOptions {
  readonly requests: Requests;
  /** Of the database, in the store. */
  readonly name: string;
  readonly databaseCount: number;
  readonly graceMs: number;
}

/** Dates of stores are of seconds, some in milliseconds: what lies closer together has no certain order. */
const dateToleranceMs = 2000;
const deletesAtOnce = 4;

export class Collector {
  readonly #options: CollectorOptions;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Deletes what can be; what cannot be found out, or deleted, is left for the next time.
   * @param head the newest, put in place a moment ago
   * @param at the store's date of that
   */
  async collect(head: Head, at: number, deadline: Deadline): Promise<void> {
    const { requests, name, graceMs } = this.#options;
    const own: ListedObject[] = [];
    for (const prefix of [recordPrefix(name), sidePrefix(name), snapshotPrefix(name)]) {
      const listed = await requests.list(prefix, deadline);
      if (listed === undefined) return;
      // One by one: as arguments of one call so many could overflow the stack.
      for (const object of listed) own.push(object);
    }
    const needed = [...head.history, { number: head.log.number, snapshot: head.snapshot, at }];
    const [oldest] = needed as [EarlierHead];
    // What the oldest made obsolete has been so for the grace period only if the oldest is that old itself.
    const first = oldest.at + graceMs < at ? oldest.number : 0;
    const parts = await this.#partsOf(head, needed, deadline);
    if (parts === undefined) return;
    const isObsolete = ({ name: object, modifiedAt }: ListedObject): boolean => {
      if (object.startsWith(recordPrefix(name)) || object.startsWith(sidePrefix(name))) {
        const number = numberOf(name, object) ?? first;
        return number < first && !head.branches.some(({ from, until }) => from <= number && number <= until);
      }
      return object.startsWith(snapshotPrefix(name)) && !parts.has(object) && modifiedAt < at - dateToleranceMs;
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
    const { store } = this.#options.requests;
    let at = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        const object = objects[at++];
        if (object === undefined) return;
        await store.delete(object.name);
      }
    };
    await Promise.all(Array.from({ length: deletesAtOnce }, worker));
  }
}
