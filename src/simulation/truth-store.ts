/**
 * The bucket itself: what is really stored, whatever the nodes believe. It watches every version of the database: each
 * must decode, and stand on the one before it.
 */
import { Keyspace } from '../keyspace/keyspace.ts';
import { applyImage } from '../log/plain/apply-image.ts';
import { decodeImage } from '../log/plain/plain-format.ts';
import type { Layout } from '../log/recognising-log.ts';
import { decodeTrail } from '../log/plain/trail.ts';
import type { Clock } from '../environment/environment.ts';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { storeFailure } from '../store/failure.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { DeleteResult, PutOptions, PutResult } from '../store/object-store.ts';
import { GraceWatch } from './grace-watch.ts';
import { graceOf, originOf, recordName, replayJournal, replayRecords } from './truth-journal.ts';

export interface TruthOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly name: string;
  readonly databaseCount: number;
  /** An ETag is a hash of the body, as on S3, and comes back when the body does. */
  readonly contentEtags: boolean;
  readonly layout: Layout;
  readonly onBroken: (what: string) => void;
}

export class TruthStore extends MemoryStore {
  readonly #options: TruthOptions;
  /** Every put is refused, as by a policy that somebody has changed. */
  isReadOnly = false;
  versions = 0;
  /** Objects that nodes have deleted. */
  deleted = 0;
  /** What an editor has set the key `edited` to. */
  edited: string | undefined;
  /** Of the database's own object. */
  #text: string | undefined;
  /** Of all objects, as nodes have stored them. */
  readonly #bodies = new Map<string, Buffer>();
  /** Of all objects but those of snapshots, also of those that were deleted: what was stored there first, and when. */
  readonly #first = new Map<string, { readonly text: string; readonly at: number }>();
  readonly #graceWatch = new GraceWatch();
  /** Databases that somebody has been told are there. */
  readonly #known: Set<string>;
  #isHostile = false;

  constructor(options: TruthOptions) {
    super(options.clock, options.contentEtags ? hashOfContent : undefined);
    this.#options = options;
    this.#known = new Set([options.name]);
  }

  /** The database as it is stored; `undefined`: nothing has been written yet. */
  keyspace(): Keyspace | undefined {
    const { databaseCount, layout } = this.#options;
    if (this.#text === undefined) return undefined;
    if (layout === 'journal') return this.#replay();
    const keyspace = new Keyspace(databaseCount);
    applyImage(decodeImage(this.#text, databaseCount), keyspace);
    return keyspace;
  }

  override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    if (this.isReadOnly) return storeFailure('denied', 'the store has become read-only');
    const result = await super.put(name, body, options);
    if (result.kind === 'stored') this.#note(name, Buffer.from(body));
    return result;
  }

  override delete(name: string): Promise<DeleteResult> {
    const needs = this.#graceWatch.whoNeeds(name, this.#options.clock.now());
    if (needs !== undefined) this.#options.onBroken(`what ${needs} needs was deleted: ${name}`);
    this.#bodies.delete(name);
    this.deleted++;
    return super.delete(name);
  }

  /** The one that nodes serve, if it is there, and branches that were made for certain. */
  databases(): readonly string[] {
    return [...this.#known].filter((name) => this.#bodies.has(name));
  }

  /** Somebody was told that this branch is there: from now on all that it needs must be. */
  confirm(branch: string): void {
    const { clock, databaseCount, onBroken } = this.#options;
    this.#known.add(branch);
    const dumpOf = (state: Keyspace): string => JSON.stringify(state.dump());
    try {
      this.#graceWatch.note(branch, clock.now(), this.#read);
      const is = dumpOf(replayJournal(branch, databaseCount, this.#read));
      if (is === dumpOf(this.stateAt(branch, this.newest(branch)))) return;
      onBroken(`${branch} was made, and what it needs is not there`);
    } catch (cause) {
      onBroken(`${branch} was made, and cannot be read: ${String(cause)}`);
    }
  }

  /** The last record of a database in the journal layout. */
  newest(database: string): number {
    let number = this.#origin(database)?.until ?? 0;
    while (this.#first.has(this.#recordName(database, number + 1))) number++;
    return number;
  }

  /** For how long everybody must leave what has become obsolete in it, as it says itself, in milliseconds. */
  graceMs(database: string): number {
    return graceOf(database, this.#read);
  }

  /** What the database held at this record. */
  stateAt(database: string, number: number): Keyspace {
    const nameOf = (at: number): string => this.#recordName(database, at);
    return replayRecords(number, this.#options.databaseCount, nameOf, this.#readFirst);
  }

  /** The first record at which the database was, and has been the newest, since that time. */
  newestSince(database: string, time: number): number {
    let number = this.newest(database);
    const begins = this.#origin(database)?.until ?? 0;
    while (number > begins && (this.#first.get(this.#recordName(database, number))?.at ?? 0) >= time) number--;
    return number;
  }

  #origin(database: string): ReturnType<typeof originOf> {
    return originOf(database, this.#readFirst);
  }

  /** Wherever it is: of a branch the first ones are those of another. */
  #recordName(database: string, number: number): string {
    const origin = this.#origin(database);
    return origin !== undefined && number <= origin.until
      ? this.#recordName(origin.name, number)
      : recordName(database, number);
  }

  readonly #readFirst = (name: string): string | undefined => this.#first.get(name)?.text;

  #replay(): Keyspace | undefined {
    const { name, databaseCount, onBroken } = this.#options;
    try {
      return replayJournal(name, databaseCount, this.#read);
    } catch (cause) {
      onBroken(`the database cannot be read any more: ${String(cause)}`);
      return undefined;
    }
  }

  readonly #read = (name: string): string | undefined => {
    const body = this.#bodies.get(name);
    return body && (name.endsWith('.gz') ? gunzipSync(body) : body).toString();
  };

  #note(name: string, body: Buffer): void {
    const { layout, clock } = this.#options;
    this.#bodies.set(name, body);
    if (layout === 'journal' && this.#known.has(name)) this.#graceWatch.note(name, clock.now(), this.#read);
    const isOfSnapshot = name.includes('.snapshot/');
    if (layout === 'journal' && !isOfSnapshot && !this.#first.has(name))
      this.#first.set(name, { text: body.toString(), at: clock.now() });
    if (name.startsWith(`${this.#options.name}.log/`)) this.versions++;
    if (name !== this.#options.name) return;
    if (layout === 'plain') this.#check(body.toString());
    else this.#checkHead(body.toString());
  }

  /** Somebody writes over the database what is none. */
  async overwrite(body: string): Promise<void> {
    this.#isHostile = true;
    await super.put(this.#options.name, Buffer.from(body));
  }

  /** And somebody brings the last good version back. */
  async restore(): Promise<void> {
    this.#isHostile = false;
    if (this.#text !== undefined) await super.put(this.#options.name, Buffer.from(this.#text));
    else await super.delete(this.#options.name);
  }

  /** Somebody sets a key with an editor, which leaves the white space at the end as it is. */
  edit(value: string): boolean {
    if (this.#text === undefined || this.#isHostile || this.#options.layout !== 'plain') return false;
    const member = `"edited":"${value}"`;
    const isThere = /"edited":"\d"/;
    if (isThere.test(this.#text)) this.#text = this.#text.replace(isThere, member);
    else this.#text = this.#text.replace('{', this.#text.startsWith('{}') ? `{${member}` : `{${member},`);
    this.edited = value;
    void super.put(this.#options.name, Buffer.from(this.#text));
    return true;
  }

  #checkHead(text: string): void {
    type Start = { readonly generation: number; readonly log: { readonly number: number } };
    const before = this.#text === undefined ? undefined : (JSON.parse(this.#text) as Start);
    this.#text = text;
    const head = JSON.parse(text) as Start;
    if (before === undefined) return;
    if (head.generation !== before.generation + 1) this.#options.onBroken('a head does not follow the one before it');
    if (head.log.number < before.log.number) this.#options.onBroken('the beginning of the log has gone back');
  }

  #check(text: string): void {
    const before = this.#text === undefined ? undefined : decodeTrail(this.#text);
    const isEdited = before?.isIntact === false;
    this.#text = text;
    this.versions++;
    const trail = decodeTrail(text);
    if (trail?.isIntact !== true) {
      this.#options.onBroken('a version of the database has no trail');
    } else if (before !== undefined && !isEdited && trail.ids[1] !== before.ids[0]) {
      this.#options.onBroken('a version of the database does not stand on the one before it');
    }
    try {
      decodeImage(text, this.#options.databaseCount);
    } catch (cause) {
      this.#options.onBroken(`a version of the database does not decode: ${String(cause)}`);
    }
  }
}

function hashOfContent(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}
