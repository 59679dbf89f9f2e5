/** What a database is made of: its layout, the objects in its store, its log, its nodes, and about what it costs. */
import { decodeBody, FormatError } from '../log/format-error.ts';
import { headsOf, ownerOf, type Branch, type EarlierHead, type Head, type Origin } from '../log/journal/head.ts';
import { objectsOf } from '../log/journal/manifest.ts';
import { numberOf, recordPrefix, sidePrefix, snapshotPrefix } from '../log/journal/names.ts';
import { isClaim } from '../log/journal/record.ts';
import type { Requests } from '../log/journal/requests.ts';
import { decodeTrail } from '../log/plain/trail.ts';
import { decodeImage } from '../log/plain/plain-format.ts';
import { s3StandardPrices } from '../store/counting-store.ts';
import type { ListedObject } from '../store/object-store.ts';
import { databaseCountMax, DatabaseReader, StoreError, type Damage, type Owner, type Read } from './database-reader.ts';
import { readLog, type LogEntry } from './read-log.ts';

export interface Inspection {
  readonly name: string;
  readonly store: string;
  readonly layout: 'plain' | 'journal';
  /** Of all objects, by kind. */
  readonly objects: readonly ObjectCount[];
  /** By database of SELECT, of the newest snapshot (of all, in the plain layout). */
  readonly keys: readonly { readonly db: number; readonly keys: number }[];
  readonly journal?: JournalFacts;
  /** For people. */
  readonly remarks: readonly string[];
}

interface ObjectCount {
  readonly kind: string;
  readonly objects: number;
  readonly bytes: number;
}

export interface JournalFacts {
  readonly database: string;
  readonly generation: number;
  /** Of the log behind the snapshot. */
  readonly from: number;
  readonly newest: number;
  readonly newestTime: number | undefined;
  readonly voids: number;
  /** Of these, and of those behind the end, records by which nodes asked others to let them write. */
  readonly claims: number;
  /** Numbers that are missing although there are later ones, other than claims. */
  readonly holes: readonly number[];
  readonly snapshot: { readonly number: number; readonly time: number; readonly bytes: number } | undefined;
  /** The time since which every commit can be had again; `undefined`: all that ever was. */
  readonly keptSince: number | undefined;
  readonly retainMs: number;
  /** `undefined`: no node has said it yet. */
  readonly graceMs: number | undefined;
  readonly origins: readonly Origin[];
  readonly branches: readonly Branch[];
  /** Of the log behind the snapshot, the busiest first. */
  readonly nodes: readonly { readonly node: string; readonly commits: number; readonly lastTime: number }[];
  /** By the times in the log; `undefined`: there are too few commits to tell. */
  readonly rate: { readonly commitsPerSecond: number; readonly usdPerMonth: number } | undefined;
}

export interface InspectOptions {
  readonly requests: Requests;
  readonly name: string;
  readonly onProgress: (what: string) => void;
}

const secondsPerMonth = 30 * 86_400;
/** Of fewer commits nobody can tell how often they come. */
const commitsForRate = 10;

/** @throws StoreError where an object cannot be read */
export async function inspect({ requests, name, onProgress }: InspectOptions): Promise<Inspection> {
  const reader = new DatabaseReader(requests);
  const store = requests.store.location;
  const top = await reader.top(name);
  if (top.kind === 'damage')
    throw new StoreError(
      top.isMissing ? `there is no database of this name: ${store} ${name}` : `${name}: ${top.what}`,
    );
  if (!top.content.isHead) return { name, store, layout: 'plain', ...plainFacts(name, top.content.body) };
  const head = must(await reader.head(name)).content;
  const listed = await listAll(reader, name);
  const snapshot = await snapshotFacts(reader, name, head);
  const entries: LogEntry[] = [];
  const log = readLog({ reader, name, head, from: head.log.number, to: Infinity, withSides: false });
  for await (const entry of log) {
    entries.push(entry);
    onProgress(`commit ${entry.number}`);
  }
  const newest = entries.at(-1)?.number ?? head.log.number - 1;
  const beyond = await recordsBeyond(newest, listed.records, reader, { name, database: head.database });
  return {
    name,
    store,
    layout: 'journal',
    objects: [
      { kind: 'head', objects: 1, bytes: top.content.body.length },
      countOf('records', listed.records),
      countOf('side objects', listed.sides),
      countOf('snapshots', listed.snapshots),
    ],
    keys: snapshot?.keys ?? [],
    journal: {
      database: head.database,
      generation: head.generation,
      from: head.log.number,
      newest,
      newestTime: entries.at(-1)?.time ?? snapshot?.time,
      voids: entries.filter(({ isVoid }) => isVoid).length,
      claims: [...entries, ...beyond].filter((record) => record.isClaim).length,
      holes: holesAfter(newest, beyond),
      snapshot,
      keptSince: await keptSince(reader, name, head),
      retainMs: head.retainMs,
      graceMs: head.graceMs,
      origins: head.origins,
      branches: head.branches,
      nodes: nodesOf(entries),
      rate: rateOf(entries),
    },
    remarks: [],
  };
}

function plainFacts(name: string, body: Uint8Array): Pick<Inspection, 'objects' | 'keys' | 'remarks'> {
  const objects = [{ kind: 'database', objects: 1, bytes: body.length }];
  try {
    const text = decodeBody(body);
    const keys = decodeImage(text, databaseCountMax).flatMap(({ size }, db) =>
      size === 0 ? [] : [{ db, keys: size }],
    );
    const trail = decodeTrail(text);
    const remark = trail === undefined ? 'written by another program' : 'edited by hand since the last commit';
    return { objects, keys, remarks: trail?.isIntact === true ? [] : [remark] };
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new StoreError(`${name}: ${cause.message}`);
  }
}

async function listAll(reader: DatabaseReader, name: string) {
  return {
    records: await reader.list(recordPrefix(name)),
    sides: await reader.list(sidePrefix(name)),
    snapshots: await reader.list(snapshotPrefix(name)),
  };
}

/** What is stored behind the end of the log. */
async function recordsBeyond(
  newest: number,
  listed: readonly ListedObject[],
  reader: DatabaseReader,
  owner: Owner,
): Promise<readonly { readonly number: number; readonly isClaim: boolean }[]> {
  const numbers = listed.map((object) => numberOf(owner.name, object.name) ?? 0).filter((number) => number > newest);
  return Promise.all(
    numbers.map(async (number) => ({ number, isClaim: isClaim(must(await reader.record(number, owner)).content) })),
  );
}

function holesAfter(newest: number, beyond: Awaited<ReturnType<typeof recordsBeyond>>): readonly number[] {
  const last = Math.max(newest, ...beyond.filter((record) => !record.isClaim).map(({ number }) => number));
  const numbers = new Set(beyond.map(({ number }) => number));
  return Array.from({ length: last - newest }, (_, i) => newest + 1 + i).filter((number) => !numbers.has(number));
}

function countOf(kind: string, objects: readonly ListedObject[]): ObjectCount {
  return { kind, objects: objects.length, bytes: objects.reduce((sum, { size }) => sum + size, 0) };
}

async function snapshotFacts(reader: DatabaseReader, name: string, head: Head) {
  if (head.snapshot === undefined) return undefined;
  const { content, bytes } = must(await reader.manifest(head.snapshot, ownerOf(head.log.number - 1, head, name)));
  const parts = content.databases.flatMap((database) => database.parts.flatMap(objectsOf));
  return {
    number: content.number,
    time: content.time,
    bytes: parts.reduce((sum, part) => sum + part.bytes, bytes),
    keys: content.databases.map(({ db, parts: own }) => ({ db, keys: own.reduce((sum, { keys }) => sum + keys, 0) })),
  };
}

/** The time of the oldest snapshot that is kept. */
async function keptSince(reader: DatabaseReader, name: string, head: Head): Promise<number | undefined> {
  const [{ number, snapshot }] = headsOf(head) as [EarlierHead];
  if (snapshot === undefined) return undefined;
  return must(await reader.manifest(snapshot, ownerOf(number - 1, head, name))).content.time;
}

function nodesOf(entries: readonly LogEntry[]): JournalFacts['nodes'] {
  const nodes = new Map<string, { commits: number; lastTime: number }>();
  for (const { node, time, isVoid } of entries) {
    if (isVoid) continue;
    const before = nodes.get(node);
    nodes.set(node, { commits: (before?.commits ?? 0) + 1, lastTime: Math.max(before?.lastTime ?? 0, time) });
  }
  return [...nodes].map(([node, facts]) => ({ node, ...facts })).sort((a, b) => b.commits - a.commits);
}

/** What the commits alone cost: of reads the log knows nothing. */
function rateOf(entries: readonly LogEntry[]): JournalFacts['rate'] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined || entries.length < commitsForRate || last.time <= first.time)
    return undefined;
  const commitsPerSecond = ((entries.length - 1) / (last.time - first.time)) * 1000;
  return { commitsPerSecond, usdPerMonth: (commitsPerSecond * secondsPerMonth * s3StandardPrices.put) / 1e6 };
}

function must<Content>(found: Read<Content> | Damage): Read<Content> {
  if (found.kind === 'damage') throw new StoreError(`${found.object} cannot be read: ${found.what}`);
  return found;
}
