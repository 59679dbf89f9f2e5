/**
 * Branches: databases that begin as others were at some record, and share their objects until their own first snapshot
 * has replaced these. A note in the database that a branch comes from, `db.branches/<id of the branch>.json`, says what
 * of it the branch needs; its collector keeps that until the branch does not name it any more.
 *
 * Why nothing is lost between the two: the note is written first, and then the head is read (again). Whatever a head needs
 * that was in place after the note was written is not deleted by a collector which did not see the note: one that works
 * for an earlier head, or this one, keeps what they need, and one that works for a later head has listed the notes since.
 */
import type { ListedObject } from '../../store/object-store.ts';
import type { Deadline } from '../log.ts';
import { asCount, asFields, asText, FormatError, refuseUnknown, show } from './format-error.ts';
import { decodeHead } from './head.ts';
import { branchPrefix } from './names.ts';
import { parseChecked, withChecksum } from './record.ts';
import type { Requests } from './requests.ts';

const noteVersion = 1;

/** What a branch needs of the database that it comes from. */
export interface BranchNote {
  /** The id of that database. */
  readonly database: string;
  readonly branch: {
    /** Its name in the store. */
    readonly name: string;
    /** The id that its objects bear. */
    readonly database: string;
  };
  /** The first and the last record. */
  readonly from: number;
  readonly until: number;
  readonly snapshot: string | undefined;
}

export function encodeNote({ database, branch, from, until, snapshot }: BranchNote): Buffer {
  const note = { valthree: 'branch', version: noteVersion, database, branch, from, until, snapshot: snapshot ?? null };
  return withChecksum(Buffer.from(JSON.stringify(note).slice(0, -1), 'utf8'));
}

/** @throws FormatError */
export function decodeNote(body: Uint8Array, wanted: string): BranchNote {
  const { database, branch, from, until, snapshot, ...rest } = parseChecked(body, 'branch', noteVersion);
  refuseUnknown(rest, 'it');
  if (database !== wanted) throw new FormatError(`it is of another database: database=${show(database)}`);
  const { name, database: id, ...others } = asFields(branch, 'branch');
  refuseUnknown(others, 'branch');
  return {
    database: wanted,
    branch: { name: asText(name, 'branch.name'), database: asText(id, 'branch.database') },
    from: asCount(from, 'from'),
    until: asCount(until, 'until'),
    snapshot: snapshot === null ? undefined : asText(snapshot, 'snapshot'),
  };
}

interface BranchesOptions {
  readonly requests: Requests;
  /** Of the database that branches come from. */
  readonly name: string;
  readonly graceMs: number;
}

/**
 * What branches still need; `undefined`: that cannot be found out now, so all may be needed. Notes of branches that need
 * nothing any more are deleted.
 * @param now by the store
 */
export async function neededByBranches(
  { requests, name, graceMs }: BranchesOptions,
  database: string,
  now: number,
  deadline: Deadline,
): Promise<readonly BranchNote[] | undefined> {
  const listed = await requests.list(branchPrefix(name), deadline);
  if (listed === undefined) return undefined;
  const needed: BranchNote[] = [];
  for (const object of listed) {
    const fetched = await requests.fetch(object.name, deadline, (body) => decodeNote(body, database));
    if (fetched.kind === 'unavailable') return undefined;
    if (fetched.kind === 'notFound') continue;
    const note = fetched.content;
    const isNeeded = await isStillNeeded(note, { requests, name, graceMs, object, now }, deadline);
    if (isNeeded) needed.push(note);
    else await requests.store.delete(object.name);
  }
  return needed;
}

async function isStillNeeded(
  note: BranchNote,
  { requests, name, graceMs, object, now }: BranchesOptions & { object: ListedObject; now: number },
  deadline: Deadline,
): Promise<boolean> {
  const head = await requests.fetch(note.branch.name, deadline, decodeHead);
  if (head.kind === 'unavailable') return true;
  const isNamed =
    head.kind === 'found' &&
    head.content.database === note.branch.database &&
    head.content.origins.some((origin) => origin.name === name && origin.database === note.database);
  // Whoever makes a branch writes the note first.
  return isNamed || object.modifiedAt + graceMs > now;
}
