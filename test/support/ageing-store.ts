/**
 * A bucket that knows for how long nobody has needed each of its objects, found out from the heads and snapshots that are
 * put there and not from what nodes say of them. For tests of how much is stored.
 *
 * An object of the database is needed while the newest head needs it: the head itself, the snapshot that it names with all
 * of its parts, and the records from the number that it names on. It becomes obsolete when a head is put in place that
 * does not need it. What no head has ever needed (a part that is still to be named, or never will be) is neither.
 */
import type { Clock } from '../../src/environment/environment.ts';
import { decodeHead, type Head } from '../../src/log/journal/head.ts';
import { decodeManifest, lengthOf, objectsOf } from '../../src/log/journal/manifest.ts';
import { numberOf } from '../../src/log/journal/names.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { DeleteResult, PutOptions, PutResult } from '../../src/store/object-store.ts';

export interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

/** What one head has made obsolete, as far as it is still there. */
interface Obsolete {
  readonly at: number;
  readonly records: Sum;
  readonly parts: Sum;
}

interface StoredObject {
  readonly bytes: number;
  /** Where it is counted beside the whole. */
  in: Sum | undefined;
}

class Sum implements Amount {
  objects = 0;
  bytes = 0;

  add({ objects, bytes }: Amount): void {
    this.objects += objects;
    this.bytes += bytes;
  }
}

export interface AgeingOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Of the database. */
  readonly name: string;
  readonly databaseCount: number;
  /** Something was put. */
  readonly onPut: () => void;
}

export class AgeingStore extends MemoryStore {
  /** All that there is. */
  readonly all = new Sum();
  /** The snapshot that the newest head names: the list of its parts, and the parts. */
  snapshot: Amount = { objects: 0, bytes: 0 };
  /** Of its parts, as JSON. */
  snapshotLength = 0;
  /** How many snapshots heads have named. */
  snapshots = 0;
  /** What was ever put: records, and objects of snapshots. */
  readonly records = new Sum();
  readonly parts = new Sum();
  /** Of the latter, those that a head has ever needed. */
  readonly usedParts = new Sum();
  readonly #options: AgeingOptions;
  readonly #objects = new Map<string, StoredObject>();
  /** The oldest first. */
  #obsolete: Obsolete[] = [];
  /** Names of the objects of the newest snapshot. */
  #needed: readonly string[] = [];
  #head: Head | undefined;

  constructor(options: AgeingOptions) {
    super(options.clock);
    this.#options = options;
  }

  override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const result = await super.put(name, body, options);
    if (result.kind !== 'stored') return result;
    this.#remove(name);
    this.#objects.set(name, { bytes: body.length, in: undefined });
    this.all.add({ objects: 1, bytes: body.length });
    if (this.#numberOf(name) !== undefined) this.records.add({ objects: 1, bytes: body.length });
    else if (name !== this.#options.name) this.parts.add({ objects: 1, bytes: body.length });
    if (name === this.#options.name) await this.#takeHead(decodeHead(body));
    this.#options.onPut();
    return result;
  }

  override delete(name: string): Promise<DeleteResult> {
    this.#remove(name);
    return super.delete(name);
  }

  /** What has become obsolete since then and is still there. */
  obsoleteSince(time: number, kind: 'records' | 'parts'): Amount {
    const sum = new Sum();
    for (const obsolete of this.#obsolete) if (obsolete.at >= time) sum.add(obsolete[kind]);
    return sum;
  }

  #numberOf(name: string): number | undefined {
    return numberOf(this.#options.name, name);
  }

  #remove(name: string): void {
    const object = this.#objects.get(name);
    if (object === undefined) return;
    this.#objects.delete(name);
    const less = { objects: -1, bytes: -object.bytes };
    this.all.add(less);
    object.in?.add(less);
  }

  async #takeHead(head: Head): Promise<void> {
    const before = this.#head;
    this.#head = head;
    if (before === undefined || before.snapshot === head.snapshot) return;
    this.snapshots++;
    const obsolete = { at: this.#options.clock.now(), records: new Sum(), parts: new Sum() };
    const needed = await this.#objectsOf(head);
    const neededBefore = new Set(this.#needed);
    const stillNeeded = new Set(needed);
    for (const name of needed) if (!neededBefore.has(name)) this.usedParts.add(this.#amountOf(name));
    for (const name of this.#needed) if (!stillNeeded.has(name)) this.#count(name, obsolete.parts);
    for (const name of this.#objects.keys()) {
      const number = this.#numberOf(name);
      if (number !== undefined && number < head.log.number) this.#count(name, obsolete.records);
    }
    this.#needed = needed;
    const sum = new Sum();
    for (const name of needed) sum.add(this.#amountOf(name));
    this.snapshot = sum;
    this.#obsolete = [...this.#obsolete.filter(({ records, parts }) => records.objects + parts.objects > 0), obsolete];
  }

  #amountOf(name: string): Amount {
    return { objects: 1, bytes: this.#objects.get(name)?.bytes ?? 0 };
  }

  /** Once, by the head that has made it obsolete. */
  #count(name: string, sum: Sum): void {
    const object = this.#objects.get(name);
    if (object === undefined || object.in !== undefined) return;
    object.in = sum;
    sum.add({ objects: 1, bytes: object.bytes });
  }

  async #objectsOf({ snapshot, database }: Head): Promise<readonly string[]> {
    if (snapshot === undefined) return [];
    const found = await this.get(snapshot);
    if (found.kind !== 'found') throw new Error(`a head names a snapshot that is not there: ${snapshot}`);
    const { databaseCount } = this.#options;
    const { databases } = decodeManifest(found.body, { database, databaseCount });
    this.snapshotLength = lengthOf(databases);
    return [snapshot, ...databases.flatMap(({ parts }) => parts.flatMap(objectsOf)).map(({ name }) => name)];
  }
}
