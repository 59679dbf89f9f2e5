/**
 * The head: the one object of a database that is overwritten, by compare-and-swap. It says where the log begins and
 * names the newest snapshot. It has the database's own name, so that one object decides which layout a database has.
 */
import { asCount, asFields, asList, asText, FormatError, refuseUnknown } from '../format-error.ts';
import { parseChecked, withChecksum } from './record.ts';

const headVersion = 1;

/** Where the log goes on after what comes before it. */
interface LogStart {
  /** The first record that is needed. */
  readonly number: number;
  /** The id of the last valid record before it. */
  readonly parent: string;
}

/**
 * Where a branch begins: up to a number its log is that of another database, which keeps what the branch needs of it
 * (`branches.ts`).
 */
export interface Origin {
  /** The name of that database in the store. */
  readonly name: string;
  /** The id that its objects bear. */
  readonly database: string;
  /** Its last record that belongs to the branch. */
  readonly until: number;
}

/** A database that begins as this one was, and still needs objects of it (`branches.ts`). */
export interface Branch {
  /** Its name in the store. */
  readonly name: string;
  /** The id that its objects bear. */
  readonly database: string;
  /** The first and the last record that it needs. */
  readonly from: number;
  readonly until: number;
  /** The snapshot before the first record, if it needs one of this database. */
  readonly snapshot: string | undefined;
  /** When it was entered, by the store's date, in milliseconds since 1970. */
  readonly at: number;
}

export interface Head {
  /** What all objects of this database say that they belong to; made by chance when it is created. */
  readonly database: string;
  /** One more with every head: no two heads are the same, so no ETag comes back. */
  readonly generation: number;
  readonly log: LogStart;
  /** The object that lists the parts of the snapshot; `undefined`: the database began with nothing. */
  readonly snapshot: string | undefined;
  /** Heads before this one whose objects may still be there, the oldest first. */
  readonly history: readonly EarlierHead[];
  /** The first numbers are those of the first; none: all is the database's own. */
  readonly origins: readonly Origin[];
  readonly branches: readonly Branch[];
  /** For so many milliseconds all that was ever in the database can be had again; 0: only what is in it now. */
  readonly retainMs: number;
  /**
   * For so many milliseconds what is obsolete is left to readers who are slow: as the node said that created the
   * database. All must go by the same, so nobody can change it. `undefined`: nobody has said it yet.
   */
  readonly graceMs: number | undefined;
}

/** What an earlier head said. */
export interface EarlierHead {
  /** It needed no record below this. */
  readonly number: number;
  readonly snapshot: string | undefined;
  /** When it was put in place, by the store's date, in milliseconds since 1970. */
  readonly at: number;
}

/** All records from this number on are kept. */
export function firstKept({ history, log }: Pick<Head, 'history' | 'log'>): number {
  return history[0]?.number ?? log.number;
}

/** What the heads that are still needed begin with, the oldest first and this one last. */
export function headsOf({ history, log, snapshot }: Head): readonly Omit<EarlierHead, 'at'>[] {
  return [...history, { number: log.number, snapshot }];
}

/** Those of which something is needed where this is the first record that is: the snapshot before it may be of one, too. */
export function originsFrom(first: number, origins: readonly Origin[]): readonly Origin[] {
  return origins.filter(({ until }) => until >= first - 1);
}

/** Whose object the record of this number is. `name`: of the database itself. */
export function ownerOf(
  number: number,
  { database, origins }: Pick<Head, 'database' | 'origins'>,
  name: string,
): { readonly name: string; readonly database: string; readonly until: number } {
  return origins.find(({ until }) => number <= until) ?? { name, database, until: Infinity };
}

/** @throws RangeError where nobody could read it again */
export function encodeHead({ database, generation, log, snapshot, history, ...more }: Head): Buffer {
  const { origins, branches, retainMs, graceMs } = more;
  const bad = [retainMs, graceMs ?? 0].find((ms) => !Number.isSafeInteger(ms));
  if (bad !== undefined) throw new RangeError(`not in whole milliseconds: ${bad}`);
  const head = {
    valthree: 'head',
    version: headVersion,
    database,
    generation,
    log,
    snapshot: snapshot ?? null,
    history,
    ...(origins.length === 0 ? {} : { origins }),
    ...(branches.length === 0 ? {} : { branches }),
    ...(retainMs === 0 ? {} : { retain: retainMs }),
    ...(graceMs === undefined ? {} : { grace: graceMs }),
  };
  return withChecksum(Buffer.from(JSON.stringify(head).slice(0, -1), 'utf8'));
}

/** Whether this is meant to be a head. A database in the `plain` layout is not: no member of it is a number. */
export function looksLikeHead(body: Uint8Array): boolean {
  return /^\{"valthree":"head","version":\d/.test(Buffer.from(body.subarray(0, 64)).toString('latin1'));
}

/** @throws FormatError */
export function decodeHead(body: Uint8Array): Head {
  const fields = parseChecked(body, 'head', headVersion);
  const { database, generation, log, snapshot, history, origins, branches, ...more } = fields;
  const { retain, grace, ...rest } = more;
  refuseUnknown(rest, 'it');
  return {
    database: asText(database, 'database'),
    generation: asCount(generation, 'generation'),
    log: decodeLogStart(log),
    snapshot: snapshot === null ? undefined : asText(snapshot, 'snapshot'),
    history: asList(history, 'history').map(decodeEarlier),
    origins: origins === undefined ? [] : asList(origins, 'origins').map(decodeOrigin),
    branches: branches === undefined ? [] : asList(branches, 'branches').map(decodeBranch),
    retainMs: retain === undefined ? 0 : asCount(retain, 'retain'),
    graceMs: grace === undefined ? undefined : asCount(grace, 'grace'),
  };
}

function decodeBranch(value: unknown): Branch {
  const { name, database, from, until, snapshot, at, ...rest } = asFields(value, 'branches');
  refuseUnknown(rest, 'branches');
  return {
    name: asText(name, 'branches.name'),
    database: asText(database, 'branches.database'),
    from: asCount(from, 'branches.from'),
    until: asCount(until, 'branches.until'),
    snapshot: snapshot === undefined ? undefined : asText(snapshot, 'branches.snapshot'),
    at: asCount(at, 'branches.at'),
  };
}

function decodeOrigin(value: unknown): Origin {
  const { name, database, until, ...rest } = asFields(value, 'origins');
  refuseUnknown(rest, 'origins');
  return {
    name: asText(name, 'origins.name'),
    database: asText(database, 'origins.database'),
    until: asCount(until, 'origins.until'),
  };
}

function decodeLogStart(value: unknown): LogStart {
  const { number, parent, ...rest } = asFields(value, 'log');
  refuseUnknown(rest, 'log');
  const start = { number: asCount(number, 'log.number'), parent: asText(parent, 'log.parent') };
  if (start.number === 0) throw new FormatError('log.number is 0, but the first record has number 1');
  return start;
}

function decodeEarlier(value: unknown): EarlierHead {
  const { number, snapshot, at, ...rest } = asFields(value, 'history');
  refuseUnknown(rest, 'history');
  return {
    number: asCount(number, 'history.number'),
    snapshot: snapshot === undefined ? undefined : asText(snapshot, 'history.snapshot'),
    at: asCount(at, 'history.at'),
  };
}
