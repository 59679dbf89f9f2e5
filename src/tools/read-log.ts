/** The commits of a database in the journal layout, one after another, as far back as they are kept. */
import type { Effect } from '../keyspace/effect.ts';
import { firstKept, headsOf, ownerOf, type Head } from '../log/journal/head.ts';
import { beginningId, isClaim, type Record } from '../log/journal/record.ts';
import { StoreError, type DatabaseReader } from './database-reader.ts';

export interface LogEntry {
  readonly number: number;
  /** It lost a race, or is a claim, and never was part of the database. */
  readonly isVoid: boolean;
  /** A node asked others by it to let it write. */
  readonly isClaim: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly node: string;
  readonly id: string;
  /** Of the record and its side objects. */
  readonly bytes: number;
  /** `undefined`: they are in side objects, and were not asked for. */
  readonly effects: readonly Effect[] | undefined;
}

export interface ReadLogOptions {
  readonly reader: DatabaseReader;
  readonly name: string;
  readonly head: Head;
  /** The first and the last number of interest. */
  readonly from: number;
  readonly to: number;
  /** Whether side objects are read. */
  readonly withSides: boolean;
  readonly onProgress?: (number: number) => void;
}

const atOnce = 32;

/** @throws StoreError where an object cannot be read */
export async function* readLog(options: ReadLogOptions): AsyncGenerator<LogEntry, void, undefined> {
  const { reader, name, head, from, to, onProgress } = options;
  let { number, parent } = await startOf(options);
  for (;;) {
    const count = Math.min(atOnce, to - number + 1);
    if (count <= 0) return;
    const first = number;
    const batch = await Promise.all(
      Array.from({ length: count }, (_, i) => reader.record(first + i, ownerOf(first + i, head, name))),
    );
    for (const found of batch) {
      if (found.kind === 'damage' && found.isMissing) {
        await refuseLost(number, options);
        return;
      }
      if (found.kind === 'damage') throw new StoreError(`${found.object} cannot be read: ${found.what}`);
      const record = found.content;
      const isVoid = record.parent !== parent;
      if (!isVoid) parent = record.id;
      onProgress?.(number);
      if (record.number >= from) yield await entryOf(record, isVoid, options);
      number++;
    }
  }
}

/** What is missing is the end of the log only if it was not deleted while the log was read. */
async function refuseLost(number: number, { reader, name, head }: ReadLogOptions): Promise<void> {
  const now = await reader.head(name);
  if (now.kind === 'damage') throw new StoreError(`${now.object} cannot be read: ${now.what}`);
  if (now.content.database === head.database && firstKept(now.content) <= number) return;
  throw new StoreError(`${name} has let go of that part of its past while it was read; try again`);
}

/** Where the newest snapshot before the first number leaves off: from there on it is known which records are valid. */
async function startOf({ reader, name, head, from }: ReadLogOptions): Promise<{ number: number; parent: string }> {
  const heads = headsOf(head);
  const start = heads.findLast(({ number }) => number <= from) ?? heads[0];
  if (start === undefined || start.number === head.log.number) return head.log;
  if (start.snapshot === undefined) return { number: start.number, parent: beginningId };
  const found = await reader.manifest(start.snapshot, ownerOf(start.number - 1, head, name));
  if (found.kind === 'damage') throw new StoreError(`${found.object} cannot be read: ${found.what}`);
  return { number: start.number, parent: found.content.id };
}

async function entryOf(record: Record, isVoid: boolean, { reader, withSides }: ReadLogOptions): Promise<LogEntry> {
  const { number, time, node, id, content } = record;
  const sides = content.kind === 'sides' ? content.objects : [];
  const bytes = sides.reduce((sum, side) => sum + side.bytes, record.length);
  const isKnown = content.kind === 'effects' || withSides;
  const effects = isKnown ? await reader.effects(record) : undefined;
  if (effects !== undefined && 'kind' in effects)
    throw new StoreError(`${effects.object} cannot be read: ${effects.what}`);
  return { number, isVoid, isClaim: isClaim(record), time, node, id, bytes, effects };
}
