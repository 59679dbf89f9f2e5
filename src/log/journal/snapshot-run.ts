/**
 * One snapshot, from its beginning to the swap of the head. It goes on from that which the newest head names, whoever
 * wrote it: parts that are in it what they are now are named again.
 *
 * Invariant: parts are named again only from the snapshot of the very head that is swapped away. Those of any other may
 * have been collected.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { Deadline } from '../log.ts';
import { crc32 } from './crc32.ts';
import { liveBranches } from './branches.ts';
import { encodeEffects } from './effect-format.ts';
import { neededHistory } from './retention.ts';
import { firstKept, originsFrom, type Head } from './head.ts';
import type { FoundHead, Heads } from './heads.ts';
import { encodeManifest, encodePart, type NamedManifest, type PartObject, type PartReference } from './manifest.ts';
import { manifestName, partName } from './names.ts';
import { groupsOfEntry, joined, type EntryImage, type Group } from './pieces.ts';
import { newId } from './record.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';
import { fetchManifest } from './snapshot-reader.ts';
import { release, type DatabaseImage } from './database-image.ts';
import type { TrackedDatabase } from './tracked-database.ts';

/** What the keyspace is when it begins. */
export interface SnapshotPoint {
  readonly number: number;
  readonly id: string;
  readonly time: number;
}

export type SnapshotRunOutcome =
  | { readonly kind: 'swapped'; readonly head: Head; readonly manifest: NamedManifest }
  /** Another node's snapshot is newer, or so new that none is due any more. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'failed' };

/** A database that holds something. */
export interface FullDatabase {
  readonly db: number;
  readonly tracked: TrackedDatabase;
  /** Into so many parts it should be divided, a power of two. */
  readonly partCount: number;
}

interface SnapshotRunOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly slices: Slices;
  readonly name: string;
  readonly databaseCount: number;
  /** About how long a part is, as JSON. */
  readonly partLength: number;
  readonly databases: readonly FullDatabase[];
  readonly point: SnapshotPoint;
  /** The newest snapshot that this node has read or written. */
  readonly known: NamedManifest | undefined;
  /** Asked when the newest head has been read. */
  readonly isDue: () => boolean;
}

interface DividedDatabase {
  readonly db: number;
  /** Where they are; as long as they are still to be written, where they were, or `undefined`. */
  readonly parts: (PartReference | undefined)[];
}

interface PlannedPart extends DividedDatabase {
  readonly image: DatabaseImage;
  readonly part: number;
}

/** Parts are split when they have become too long, and merged only when they are so many times too many. */
const tooManyParts = 8;
/** A snapshot that takes longer is given up: something is wrong, and others may have gone on. */
const patienceMs = 1_800_000;
/** Of those that have time: whoever writes waits for the same store. */
const partsAtOnce = 2;

export class SnapshotRun {
  readonly #options: SnapshotRunOptions;
  readonly #deadline: Deadline;
  readonly #id: string;
  readonly #images: readonly DatabaseImage[];
  readonly #todo: PlannedPart[] = [];
  #databases: readonly DividedDatabase[] = [];
  #isAborted = false;
  #isCommitted = false;
  #wake: () => void = () => undefined;

  /** The keyspace is at the point now. */
  constructor(options: SnapshotRunOptions) {
    this.#options = options;
    const { clock, random } = options.requests.environment;
    this.#deadline = clock.monotonic() + patienceMs;
    this.#id = newId(random);
    this.#images = options.databases.map(({ tracked, partCount }) => tracked.begin(partCount * tooManyParts));
  }

  onCommitted(number: number): void {
    if (number < this.#options.point.number) return;
    this.#isCommitted = true;
    this.#wake();
  }

  /** The point is not what the log has become: what is written is not a state of the database. */
  abort(): void {
    if (this.#isCommitted) return;
    this.#isAborted = true;
    this.#wake();
  }

  async finish(): Promise<SnapshotRunOutcome> {
    const outcome = await this.#write();
    for (const { tracked } of this.#options.databases) tracked.end();
    return outcome;
  }

  async #write(): Promise<SnapshotRunOutcome> {
    const { heads, point, isDue } = this.#options;
    // Before the parts: what is older than the head is nobody's, unless a head names it (docs/store-format.md).
    const before = await heads.fetch(this.#deadline);
    if (before.kind !== 'found') return { kind: 'failed' };
    if (before.content.log.number > point.number || !isDue()) return { kind: 'overtaken' };
    while (!this.#isCommitted && !this.#isAborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#isAborted) return { kind: 'failed' };
    this.#divide(await this.#fetchBase(before.content));
    if (!(await this.#writeParts())) return { kind: 'failed' };
    return this.#swap(before);
  }

  /** The snapshot that this head names, if it can be read and is of this database: an origin's parts are not its own. */
  async #fetchBase({ snapshot, ...head }: Head): Promise<NamedManifest | undefined> {
    const { heads, known } = this.#options;
    if (snapshot === undefined) return undefined;
    let base = known;
    if (base?.name !== snapshot) {
      const fetched = await fetchManifest({ ...head, snapshot }, this.#options, this.#deadline);
      if (fetched.kind !== 'found') return undefined;
      base = fetched.content;
    }
    return base.database === heads.database ? base : undefined;
  }

  /** Decides what is to be written: all that has changed since the base. */
  #divide(base: NamedManifest | undefined): void {
    this.#databases = this.#options.databases.map(({ db, partCount }, i) => {
      const image = this.#images[i] as DatabaseImage;
      const earlier = base?.databases.find((one) => one.db === db)?.parts ?? [];
      const isFit = earlier.length >= partCount && earlier.length <= partCount * tooManyParts;
      const parts = isFit ? [...earlier] : new Array<undefined>(partCount).fill(undefined);
      const changed = image.divide(parts.length, isFit && base !== undefined ? base.number : -Infinity);
      for (const part of changed) this.#todo.push({ db, image, parts, part });
      return { db, parts };
    });
  }

  async #writeParts(): Promise<boolean> {
    let at = 0;
    let isWell: boolean = !this.#isAborted;
    const worker = async (): Promise<void> => {
      for (;;) {
        const next = this.#todo[at++];
        if (next === undefined || !isWell || this.#isAborted) return;
        isWell = (await this.#writePart(next)) && isWell;
      }
    };
    await Promise.all(Array.from({ length: partsAtOnce }, worker));
    return isWell;
  }

  async #writePart(planned: PlannedPart): Promise<boolean> {
    const { db, image, parts, part } = planned;
    const { slices, partLength } = this.#options;
    await slices.nextAfterRest();
    const images = image.capture(part);
    const objects = await this.#writeObjects(planned, inObjects(db, images, partLength));
    for (const captured of images) release(captured);
    if (objects === undefined) return false;
    const [first, ...more] = objects;
    parts[part] = { ...first, keys: images.length, more };
    return true;
  }

  async #writeObjects(
    planned: PlannedPart,
    lists: Iterable<readonly Effect[]>,
  ): Promise<[PartObject, ...PartObject[]] | undefined> {
    const { slices } = this.#options;
    const objects: PartObject[] = [];
    for (const effects of lists) {
      // A turn of the event loop each, so that commands get theirs in between.
      if (slices.isOver) await slices.nextAfterRest();
      const object = await this.#writeObject(planned, objects.length, effects);
      if (object === undefined) return undefined;
      objects.push(object);
    }
    return objects as [PartObject, ...PartObject[]];
  }

  async #writeObject(
    { db, parts, part }: PlannedPart,
    index: number,
    effects: readonly Effect[],
  ): Promise<PartObject | undefined> {
    const { requests, heads, name } = this.#options;
    const { compression } = requests.environment;
    const json = encodePart({ database: heads.database, db, part, of: parts.length }, encodeEffects(effects));
    const body = await compression.compress(json);
    const object = {
      name: partName(name, this.#id, db, part, index),
      bytes: body.length,
      length: json.length,
      checksum: crc32(body),
    };
    return (await requests.putNew(object.name, body, this.#deadline)).kind === 'stored' ? object : undefined;
  }

  async #swap(found: FoundHead): Promise<SnapshotRunOutcome> {
    const { requests, heads, name, point } = this.#options;
    const snapshot = manifestName(name, this.#id);
    const databases = this.#databases.map(({ db, parts }) => ({ db, parts: parts as PartReference[] }));
    const manifest = { name: snapshot, database: heads.database, ...point, databases };
    const stored = await requests.putNew(snapshot, encodeManifest(manifest), this.#deadline);
    if (stored.kind !== 'stored') return { kind: 'failed' };
    const now = stored.date;
    for (let { content: before, etag } = found; ;) {
      const since = heads.newestSince;
      // A store without dates: nothing can be said of when anything became obsolete.
      if (since === undefined || now === undefined) return { kind: 'failed' };
      const branches = await liveBranches(before, { requests, name, graceMs: heads.graceMs, now }, this.#deadline);
      const head = this.#nextHead({ ...before, branches }, { since, now, snapshot });
      if ((await heads.swap(head, etag, this.#deadline)) === 'swapped') return { kind: 'swapped', head, manifest };
      const again = await heads.fetch(this.#deadline);
      // A head that has only got another branch, or let go of some past, does not take anything away from this one.
      if (again.kind !== 'found' || again.etag === etag || again.content.snapshot !== before.snapshot)
        return { kind: 'failed' };
      ({ content: before, etag } = again);
    }
  }

  /** @param since when the head before it was in place, at the latest */
  #nextHead(before: Head, { since, now, snapshot }: { since: number; now: number; snapshot: string }): Head {
    const { point, heads } = this.#options;
    const earlier = [...before.history, { number: before.log.number, snapshot: before.snapshot, at: since }];
    const history = neededHistory(earlier, now, { graceMs: heads.graceMs, retainMs: before.retainMs });
    const log = { number: point.number + 1, parent: point.id };
    return {
      ...before,
      generation: before.generation + 1,
      log,
      snapshot,
      history,
      origins: originsFrom(firstKept({ history, log }), before.origins),
    };
  }
}

/** An empty part has an object, too. Twice the length that it should have: parts differ, and most are to have one. */
function* inObjects(
  db: number,
  images: readonly EntryImage[],
  partLength: number,
): Generator<readonly Effect[], void, undefined> {
  if (images.length === 0) yield [];
  yield* joined(groupsOf(db, images, partLength), partLength * 2);
}

function* groupsOf(db: number, images: readonly EntryImage[], pieceLength: number): Generator<Group, void, undefined> {
  // A delegation (`yield*`) takes several times as long.
  for (const image of images) for (const group of groupsOfEntry(db, image, pieceLength)) yield group;
}
