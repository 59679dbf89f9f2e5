/**
 * What an error of the file system means: one table from its code to a sentence that tells what to do. Pure.
 *
 * Whether a put that failed had an effect does not follow from the code but from the step that failed: until the rename
 * it certainly had none, after it the outcome is unknown.
 */
import { storeFailure } from '../failure.ts';
import type { FailureKind, StoreFailure } from '../object-store.ts';

type Row = readonly [codes: readonly string[], lasting: boolean, advice: string];

/** `lasting`: trying again does not help before somebody has acted. */
const rows: readonly Row[] = [
  [['ENOSPC'], false, 'the disk is full; free some space'],
  [['EDQUOT'], false, 'the disk quota is used up; free some space'],
  [['EFBIG'], true, 'the file system does not allow a file of this size'],
  [['EACCES', 'EPERM'], true, 'the permission is denied; the user who runs the node must own the directory'],
  [['EROFS'], true, 'the file system is read-only'],
  [['EISDIR'], true, 'there is a directory where the object should be'],
  [['ENOTDIR', 'EEXIST'], true, 'there is a file where a directory should be'],
  [['ENAMETOOLONG'], true, 'the name is longer than the file system allows'],
  [['ELOOP'], true, 'there are too many symbolic links'],
  [['EXDEV'], true, 'the subdirectory lies on another file system; mount the whole store on one'],
  [['EINVAL', 'EILSEQ'], true, 'the file system does not accept the request'],
  [['ENOENT'], false, 'the directory of the store has vanished'],
  [['EIO', 'ENXIO', 'ENODEV', 'ESTALE'], false, 'the disk does not work properly; look into the log of the system'],
  [['ELOCKED'], false, 'another process holds the lock of the store for too long; is it stopped?'],
  [['EMFILE', 'ENFILE'], false, 'too many files are open; raise the limit (ulimit -n)'],
  [['ENOMEM', 'EAGAIN', 'EBUSY', 'ETXTBSY'], false, 'the system is short of something; trying again may help'],
];

/** @param uncertain whether the request may have had an effect, or is a read: then nothing better is known of it */
export function fileFailure(error: unknown, path: string, uncertain: boolean): StoreFailure {
  const code = errorCode(error) ?? 'none';
  const row = rows.find(([codes]) => codes.includes(code));
  const kind: FailureKind = uncertain ? 'unknown' : row?.[1] === true ? 'denied' : 'unavailable';
  return storeFailure(kind, `${row?.[2] ?? 'the file system failed'}: path=${JSON.stringify(path)} code=${code}`);
}

/** The same for a read, which has no effect that could be uncertain. */
export function readFailure(error: unknown, path: string): StoreFailure {
  const failure = fileFailure(error, path, false);
  return failure.failure === 'unavailable' ? fileFailure(error, path, true) : failure;
}

export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
