/**
 * What a log really holds, read in the plainest way: one number after the other. It shares nothing with the code of the
 * nodes but the names of objects and of effects.
 */
import type { Effect } from '../keyspace/effect.ts';
import { Keyspace } from '../keyspace/keyspace.ts';

type Json = Readonly<Record<string, unknown>>;

interface Head {
  readonly log: { readonly number: number; readonly parent: string };
  readonly snapshot: string | null;
  readonly grace?: number;
  /** Where a branch begins, the oldest first. */
  readonly origins?: readonly OriginEntry[];
}

interface OriginEntry {
  readonly name: string;
  readonly until: number;
}

interface PartObjects {
  readonly name: string;
  readonly more?: readonly { readonly name: string }[];
}

interface StoredRecord {
  readonly id: string;
  readonly parent: string;
  readonly effects?: unknown[][];
  readonly sides?: { name: string }[];
}

/** The text of an object, if it is there. */
type Read = (name: string) => string | undefined;

/** The newest state of a database, by what its head says. */
export function replayJournal(name: string, databaseCount: number, read: Read): Keyspace {
  const keyspace = new Keyspace(databaseCount);
  const head = headOf(name, read);
  for (const part of partNames(head, read)) {
    const text = read(part);
    if (text === undefined) throw new Error(`a part is missing: ${part}`);
    const { effects } = JSON.parse(text) as { effects: unknown[][] };
    for (const effect of effects) keyspace.apply(effectOf(effect));
  }
  const { number, parent } = head.log;
  applyRecords(keyspace, { number, parent, until: Infinity }, (at) => recordName(ownerOf(at, name, head), at), read);
  return keyspace;
}

/** What the first so many records lead to, whatever heads and snapshots say. @param nameOf of the record of a number */
export function replayRecords(
  until: number,
  databaseCount: number,
  nameOf: (number: number) => string,
  read: Read,
): Keyspace {
  const keyspace = new Keyspace(databaseCount);
  const next = applyRecords(keyspace, { number: 1, parent: 'beginning', until }, nameOf, read);
  if (next <= until) throw new Error(`a record was never stored: ${nameOf(next)}`);
  return keyspace;
}

/** @returns the number behind the last record that it has found */
function applyRecords(
  keyspace: Keyspace,
  { number, parent, until }: { number: number; parent: string; until: number },
  nameOf: (number: number) => string,
  read: Read,
): number {
  let valid = parent;
  for (let at = number; ; at++) {
    const text = at > until ? undefined : read(nameOf(at));
    if (text === undefined) return at;
    const record = JSON.parse(text) as StoredRecord;
    if (record.parent !== valid) continue;
    valid = record.id;
    const sides = (record.sides ?? []).flatMap((side) => JSON.parse(read(side.name) ?? '') as unknown[][]);
    for (const effect of record.effects ?? sides) keyspace.apply(effectOf(effect));
  }
}

export function recordName(owner: string, number: number): string {
  return `${owner}.log/${String(number).padStart(16, '0')}.json`;
}

/** What a branch begins with: a database up to a record. */
export function originOf(branch: string, read: Read): OriginEntry | undefined {
  return headOf(branch, read).origins?.at(-1);
}

function headOf(name: string, read: Read): Head {
  return JSON.parse(read(name) ?? '{}') as Head;
}

/** Whose the record of this number is. */
function ownerOf(number: number, name: string, { origins = [] }: Head): string {
  return origins.find(({ until }) => number <= until)?.name ?? name;
}

function partNames({ snapshot }: Head, read: Read): readonly string[] {
  if (snapshot === null) return [];
  const { databases } = JSON.parse(read(snapshot) ?? '') as { databases: { parts: PartObjects[] }[] };
  return databases.flatMap(({ parts }) =>
    parts.flatMap(({ name, more = [] }) => [name, ...more.map((one) => one.name)]),
  );
}

/** For how long what is obsolete is left, in milliseconds. */
export function graceOf(name: string, read: Read): number {
  return headOf(name, read).grace ?? 0;
}

/** Which objects this database, as its head says that it is now, cannot be read without. */
export function needsOf(name: string, read: Read): (object: string) => boolean {
  const head = headOf(name, read);
  const ofSnapshot = new Set([head.snapshot, ...partNames(head, read)]);
  return (object) => {
    const [, owner, , digits] = /^(.*)\.(log|side)\/(\d{16})/.exec(object) ?? [];
    if (digits === undefined) return object === name || ofSnapshot.has(object);
    const number = Number(digits);
    return number >= head.log.number && owner === ownerOf(number, name, head);
  };
}

function effectOf([kind, db, ...rest]: readonly unknown[]): Effect {
  const [first, second, third] = rest.map(valueOf);
  const fields: Readonly<Record<string, Json>> = {
    setString: { key: first, value: second },
    writeString: { key: first, offset: second, bytes: third },
    setExpiry: { key: first, expireAt: second ?? undefined },
    delete: { key: first },
    rename: { key: first, toDb: second, toKey: third },
    copy: { key: first, toDb: second, toKey: third },
    setFields: { key: first, fields: second },
    deleteFields: { key: first, fields: second },
    setFieldExpiry: { key: first, fields: second, expireAt: third ?? undefined },
    addMembers: { key: first, members: second },
    removeMembers: { key: first, members: second },
    setScores: { key: first, members: second, scores: Array.isArray(third) ? third.map(scoreOf) : third },
    removeScores: { key: first, members: second },
    pushElements: { key: first, side: second, elements: third },
    popElements: { key: first, side: second, count: third },
    setElement: { key: first, index: second, element: third },
    insertElements: { key: first, index: second, elements: third },
    removeElements: { key: first, index: second, count: third },
    flush: {},
    swap: { withDb: first },
  };
  return { kind, db, ...fields[kind as string] } as unknown as Effect;
}

function valueOf(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(valueOf);
  return typeof item === 'string' ? bytesOf(item) : bytesIn(item);
}

/** What JSON has no numbers for are texts. */
const specialScores = new Map<unknown, unknown>([
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0],
]);

function scoreOf(score: unknown): unknown {
  return specialScores.get(score) ?? score;
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function bytesIn(item: unknown): unknown {
  const base64 = (item as { base64?: string } | null)?.base64;
  return base64 === undefined ? item : Buffer.from(base64, 'base64').toString('latin1');
}
