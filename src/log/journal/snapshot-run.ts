/** One snapshot, from its beginning to the swap of the head. */
import type { Effect } from '../../keyspace/effect.ts';
import type { Deadline } from '../log.ts';
import { crc32 } from './crc32.ts';
import { liveBranches } from './branches.ts';
import { encodeEffects } from './effect-format.ts';
import { neededHistory } from './retention.ts';
import type { Head } from './head.ts';
import type { FoundHead, Heads } from './heads.ts';
import {
  encodeManifest,
  encodePart,
  lengthOf,
  type DatabaseParts,
  type PartObject,
  type PartReference,
} from './manifest.ts';
import { manifestName, partName } from './names.ts';
import { groupsOfEntry, joined, type Group } from './pieces.ts';
import { newId } from './record.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';
import type { TrackedDatabase } from './tracked-database.ts';

/** What the keyspace is when it begins. */
export interface SnapshotPoint {
  readonly number: number;
  readonly id: string;
  readonly time: number;
}

export type SnapshotRunOutcome =
  | { readonly kind: 'swapped'; readonly head: Head; readonly length: number }
  /** Another node's snapshot is newer. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'failed' };

interface SnapshotRunOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly slices: Slices;
  readonly name: string;
  readonly graceMs: number;
  /** `undefined`: as the head says. */
  readonly retainMs: number | undefined;
  /** About how long a part is, as JSON. */
  readonly partLength: number;
  readonly databases: readonly { readonly tracked: TrackedDatabase; readonly db: number }[];
  readonly point: SnapshotPoint;
  /** The snapshot that those parts belong to which have not changed since. */
  readonly base: string | undefined;
}

interface PlannedPart {
  readonly tracked: TrackedDatabase;
  readonly db: number;
  readonly part: number;
}

/** A snapshot that takes longer is given up: something is wrong, and others may have gone on. */
const patienceMs = 1_800_000;
const partsAtOnce = 4;

export class SnapshotRun {
  readonly #options: SnapshotRunOptions;
  readonly #deadline: Deadline;
  readonly #id: string;
  readonly #todo: readonly PlannedPart[];
  readonly #written = new Map<TrackedDatabase, Map<number, PartReference>>();
  #isAborted = false;
  #isCommitted = false;
  #wake: () => void = () => undefined;

  /** The keyspace is at the point now. */
  constructor(options: SnapshotRunOptions) {
    this.#options = options;
    const { clock, random } = options.requests.environment;
    this.#deadline = clock.monotonic() + patienceMs;
    this.#id = newId(random);
    this.#todo = options.databases.flatMap(({ tracked, db }) => tracked.begin().map((part) => ({ tracked, db, part })));
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
    for (const { tracked } of this.#options.databases) {
      if (outcome.kind !== 'swapped') tracked.fail();
      else this.#keepReferences(tracked);
    }
    return outcome;
  }

  #keepReferences(tracked: TrackedDatabase): void {
    for (const [part, reference] of this.#written.get(tracked) ?? []) tracked.references[part] = reference;
    tracked.succeed();
  }

  async #write(): Promise<SnapshotRunOutcome> {
    const { heads, point, base } = this.#options;
    // Before the parts: what is older than the head is nobody's, unless a head names it (docs/store-format.md).
    const before = await heads.fetch(this.#deadline);
    if (before.kind !== 'found') return { kind: 'failed' };
    const { snapshot, log } = before.content;
    // Parts that the newest head does not need may be collected at any time.
    if (log.number > point.number || (snapshot !== base && this.#reusesParts)) return { kind: 'overtaken' };
    if (!(await this.#writeParts())) return { kind: 'failed' };
    while (!this.#isCommitted && !this.#isAborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#isAborted) return { kind: 'failed' };
    return this.#swap(before);
  }

  get #reusesParts(): boolean {
    const parts = this.#options.databases.reduce((sum, { tracked }) => sum + tracked.partCount, 0);
    return this.#todo.length < parts;
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

  async #writePart({ tracked, db, part }: PlannedPart): Promise<boolean> {
    const { slices, partLength } = this.#options;
    await slices.next();
    const groups: Group[] = [];
    let keys = 0;
    tracked.capture(part, (key, value, expireAt) => {
      keys++;
      for (const group of groupsOfEntry(db, { key, value, expireAt }, partLength)) groups.push(group);
    });
    const objects: PartObject[] = [];
    for (const effects of inObjects(groups, partLength)) {
      // A turn of the event loop each, so that commands get theirs in between.
      if (slices.isOver) await slices.next();
      const object = await this.#writeObject({ tracked, db, part }, objects.length, effects);
      if (object === undefined) return false;
      objects.push(object);
    }
    const [first, ...more] = objects as [PartObject, ...PartObject[]];
    const written = this.#written.get(tracked) ?? new Map<number, PartReference>();
    this.#written.set(tracked, written.set(part, { ...first, keys, more }));
    return true;
  }

  async #writeObject(
    { tracked, db, part }: PlannedPart,
    index: number,
    effects: readonly Effect[],
  ): Promise<PartObject | undefined> {
    const { requests, heads, name } = this.#options;
    const { compression } = requests.environment;
    const json = encodePart({ database: heads.database, db, part, of: tracked.partCount }, encodeEffects(effects));
    const body = await compression.compress(json);
    const object = {
      name: partName(name, this.#id, db, part, index),
      bytes: body.length,
      length: json.length,
      checksum: crc32(body),
    };
    return (await requests.putNew(object.name, body, this.#deadline)).kind === 'stored' ? object : undefined;
  }

  async #swap({ content: before, etag }: FoundHead): Promise<SnapshotRunOutcome> {
    const { requests, heads, name, point } = this.#options;
    const databases = this.#options.databases.map(({ tracked, db }) => ({ db, parts: this.#partsOf(tracked) }));
    const snapshot = manifestName(name, this.#id);
    const manifest = encodeManifest({ database: heads.database, ...point, databases });
    const stored = await requests.putNew(snapshot, manifest, this.#deadline);
    if (stored.kind !== 'stored') return { kind: 'failed' };
    const since = heads.newestSince;
    // A store without dates: nothing can be said of when anything became obsolete.
    if (since === undefined || stored.date === undefined) return { kind: 'failed' };
    const now = stored.date;
    const branches = await liveBranches(before, { ...this.#options, now }, this.#deadline);
    const head = this.#nextHead({ ...before, branches }, { since, now, snapshot });
    const isSwapped = await heads.swap(head, etag, this.#deadline);
    return isSwapped ? { kind: 'swapped', head, length: lengthOf(databases) } : { kind: 'failed' };
  }

  /** @param since when the head before it was in place, at the latest */
  #nextHead(before: Head, { since, now, snapshot }: { since: number; now: number; snapshot: string }): Head {
    const { point, graceMs } = this.#options;
    const retainMs = this.#options.retainMs ?? before.retainMs;
    const earlier = [...before.history, { number: before.log.number, snapshot: before.snapshot, at: since }];
    const history = neededHistory(earlier, now, { graceMs, retainMs });
    const first = history[0]?.number ?? point.number + 1;
    return {
      database: before.database,
      generation: before.generation + 1,
      log: { number: point.number + 1, parent: point.id },
      snapshot,
      history,
      // The snapshot before the first number needed may be that of an origin, too.
      origins: before.origins.filter(({ until }) => until >= first - 1),
      branches: before.branches,
      retainMs,
    };
  }

  #partsOf(tracked: TrackedDatabase): DatabaseParts['parts'] {
    const written = this.#written.get(tracked);
    return tracked.references.map((reference, part) => (written?.get(part) ?? reference) as PartReference);
  }
}

/** An empty part has an object, too. Twice the length that it should have: parts differ, and most are to have one. */
function* inObjects(groups: readonly Group[], partLength: number): Generator<readonly Effect[], void, undefined> {
  if (groups.length === 0) yield [];
  yield* joined(groups, partLength * 2);
}
