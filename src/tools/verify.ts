/**
 * Reads everything that a database is made of, and says what is wrong with it. The log is replayed from the oldest
 * snapshot that is kept, and every later snapshot is compared with what it has led to by then.
 */
import { Keyspace } from '../keyspace/keyspace.ts';
import { decodeBody, FormatError } from '../log/format-error.ts';
import { headsOf, ownerOf, type Head } from '../log/journal/head.ts';
import { objectsOf, type Manifest } from '../log/journal/manifest.ts';
import { recordPrefix, sidePrefix, snapshotPrefix } from '../log/journal/names.ts';
import { beginningId } from '../log/journal/record.ts';
import type { Requests } from '../log/journal/requests.ts';
import { decodeTrail } from '../log/plain/trail.ts';
import { decodeImage } from '../log/plain/plain-format.ts';
import { databaseCountMax, DatabaseReader, type Owner } from './database-reader.ts';
import { verifyLog } from './verify-log.ts';
import { verifySnapshot, type SnapshotUse } from './verify-snapshot.ts';

/** Something that is wrong. */
interface Finding {
  readonly object: string;
  readonly what: string;
}

export interface Verification {
  readonly layout: 'plain' | 'journal';
  readonly findings: readonly Finding[];
  /** What was read. */
  readonly objects: number;
  readonly bytes: number;
  readonly keys: number;
  /** The number of the newest commit; 0 in the plain layout. */
  readonly newest: number;
  /** For people: what was not looked at, and what is remarkable although nothing is wrong. */
  readonly remarks: readonly string[];
}

export interface VerifyOptions {
  readonly requests: Requests;
  readonly name: string;
  readonly onProgress: (what: string, objects: number, bytes: number) => void;
}

interface Snapshot {
  readonly object: string;
  /** The first record behind it. */
  readonly number: number;
  readonly owner: Owner;
  readonly manifest: Manifest;
}

/** Nodes collect while it is read; then it is read again. */
const attemptsMax = 5;

export async function verify(options: VerifyOptions): Promise<Verification> {
  for (let attempt = 1; ; attempt++) {
    const verification = await new Verifier(options).run();
    if (verification !== 'changed') return verification;
    if (attempt === attemptsMax) throw new Error('the database changes faster than it can be read; stop some nodes');
  }
}

class Verifier {
  readonly #options: VerifyOptions;
  readonly #reader: DatabaseReader;
  readonly #findings: Finding[] = [];
  readonly #remarks: string[] = [];
  readonly #keyspace = new Keyspace(databaseCountMax);

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#reader = new DatabaseReader(options.requests);
  }

  async run(): Promise<Verification | 'changed'> {
    const { name } = this.#options;
    const top = await this.#reader.top(name);
    if (top.kind === 'damage') {
      this.#report(name, top.isMissing ? 'it is missing: there is no database of this name' : top.what);
      return this.#result('journal', 0);
    }
    if (!top.content.isHead) return this.#plain(top.content.body);
    const head = await this.#reader.head(name);
    if (head.kind === 'damage') {
      this.#report(head.object, head.what);
      return this.#result('journal', 0);
    }
    const newest = await this.#journal(head.content);
    if (this.#findings.length > 0 && (await this.#hasChanged(head.content))) return 'changed';
    return this.#result('journal', newest);
  }

  #report(object: string, what: string): void {
    this.#findings.push({ object, what });
  }

  #result(layout: Verification['layout'], newest: number): Verification {
    const { objects, bytes } = this.#reader;
    const keys = this.#keyspace.size;
    return { layout, findings: this.#findings, objects, bytes, keys, newest, remarks: this.#remarks };
  }

  #progress(what: string): void {
    this.#options.onProgress(what, this.#reader.objects, this.#reader.bytes);
  }

  /** What is missing may have been collected since. */
  async #hasChanged({ generation }: Head): Promise<boolean> {
    const now = await this.#reader.head(this.#options.name);
    return now.kind === 'read' && now.content.generation !== generation;
  }

  #plain(body: Uint8Array): Verification {
    const { name } = this.#options;
    try {
      const text = decodeBody(body);
      const image = decodeImage(text, databaseCountMax);
      for (const [db, entries] of image.entries())
        for (const [key] of entries) this.#keyspace.apply({ kind: 'setString', db, key, value: '' });
      const trail = decodeTrail(text);
      if (trail === undefined) this.#remarks.push('it has no trail of commits: another program has written it');
      else if (!trail.isIntact) this.#remarks.push('it was edited by hand since the last commit');
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      this.#report(name, cause.message);
    }
    return this.#result('plain', 0);
  }

  /** @returns the number of the newest commit */
  async #journal(head: Head): Promise<number> {
    const { name } = this.#options;
    const snapshots = await this.#snapshotsOf(head);
    const [oldest] = snapshots;
    const hasBeginning = headsOf(head).some(({ snapshot }) => snapshot === undefined);
    if (oldest === undefined && !hasBeginning) return 0;
    if (oldest !== undefined && !hasBeginning) await this.#verifySnapshot(oldest, 'fill');
    const from = hasBeginning || oldest === undefined ? 1 : oldest.number;
    const log = await verifyLog({
      reader: this.#reader,
      name,
      head,
      from,
      parent: from === 1 ? beginningId : (oldest?.manifest.id ?? ''),
      time: from === 1 ? 0 : (oldest?.manifest.time ?? 0),
      keyspace: this.#keyspace,
      onRecord: async (number, id) => {
        for (const snapshot of snapshots.filter((one) => one.number - 1 === number)) {
          if (snapshot.manifest.id !== id)
            this.#report(
              snapshot.object,
              `it says that it is of the commit ${snapshot.manifest.id}, but that is ${id}`,
            );
          // What is damaged leads to nothing that could be compared with.
          await this.#verifySnapshot(snapshot, this.#findings.length === 0 ? 'compare' : 'none');
        }
      },
      report: (object, what) => {
        this.#report(object, what);
      },
      onProgress: (number) => {
        this.#progress(`record ${number}`);
      },
    });
    if (log.void > 0)
      this.#remarks.push(`${log.void} records are void: races that were lost, or claimed turns, which is no harm`);
    if (log.claims > 0) this.#remarks.push(`${log.claims} claimed turns are behind the end, which is no harm`);
    await this.#remarkOrphans(head, snapshots, from);
    return log.end;
  }

  /** Those that the head and its history name, the oldest first. */
  async #snapshotsOf(head: Head): Promise<readonly Snapshot[]> {
    const { name } = this.#options;
    const snapshots: Snapshot[] = [];
    for (const { number, snapshot: object } of headsOf(head)) {
      if (object === undefined) continue;
      const owner = ownerOf(number - 1, head, name);
      const found = await this.#reader.manifest(object, owner);
      if (found.kind === 'damage') {
        this.#report(found.object, found.what);
        continue;
      }
      const manifest = found.content;
      if (manifest.number + 1 !== number)
        this.#report(object, `the head means the snapshot of record ${number - 1}, but it is of ${manifest.number}`);
      if (object === head.snapshot && manifest.id !== head.log.parent)
        this.#report(object, `the head means the commit ${head.log.parent}, but it is of ${manifest.id}`);
      snapshots.push({ object, number, owner, manifest });
    }
    return snapshots;
  }

  #verifySnapshot({ object, owner, manifest }: Snapshot, use: SnapshotUse): Promise<void> {
    return verifySnapshot({
      reader: this.#reader,
      object,
      manifest,
      owner,
      keyspace: this.#keyspace,
      use,
      report: (part, what) => {
        this.#report(part, what);
      },
      onProgress: () => {
        this.#progress(`snapshot of record ${manifest.number}`);
      },
    });
  }

  /** What nothing names is no part of the database: it was not looked at. */
  async #remarkOrphans(head: Head, snapshots: readonly Snapshot[], from: number): Promise<void> {
    const { name } = this.#options;
    const named = new Set(snapshots.flatMap(({ object, manifest }) => [object, ...partsOf(manifest)]));
    for (const { snapshot } of head.branches) if (snapshot !== undefined) named.add(snapshot);
    const listed = await this.#reader.list(snapshotPrefix(name));
    const orphans = listed.filter((object) => !named.has(object.name)).length;
    if (orphans > 0)
      this.#remarks.push(`${orphans} objects of snapshots that the head does not name were not looked at`);
    const early = [...(await this.#reader.list(recordPrefix(name))), ...(await this.#reader.list(sidePrefix(name)))];
    const old = early.filter((object) => (/\/(\d{16})/.exec(object.name)?.[1] ?? '') < String(from).padStart(16, '0'));
    if (old.length > 0)
      this.#remarks.push(`${old.length} records before ${from}, which nobody needs, were not looked at`);
  }
}

function partsOf({ databases }: Manifest): readonly string[] {
  return databases.flatMap(({ parts }) => parts.flatMap((part) => objectsOf(part).map(({ name }) => name)));
}
