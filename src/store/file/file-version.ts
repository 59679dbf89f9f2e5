/**
 * The ETag of a file. The file holds the object's bytes and nothing else, so that a person can read and edit it; what
 * tells one version from another is what the file system knows: inode, size, time of modification and of change.
 *
 * Alone these do not suffice: an inode number is used again, and clocks of file systems tick in milliseconds. So every
 * file that we write gets a time of modification of our own, which only grows within a store (`StoreLock`):
 * two puts never have the same. Edits by hand get the system's times; two of them within one tick, of the same size and
 * in place, look the same, so a file that was edited a moment ago is read only when that moment is over (`isSettled`).
 */
import type { BigIntStats } from 'node:fs';
import type { ETag } from '../object-store.ts';

/**
 * A tick is ten microseconds; the time of a tick ends with seven of them, which tells ours from the system's. Half a
 * microsecond more keeps it away from where rounding begins, in doubles as in file systems that keep less than
 * nanoseconds (NTFS: 100 ns; Node itself sets whole microseconds only).
 */
const microsecondsPerTick = 10;
const signature = 7;

export function tickAt(timeMs: number): number {
  return Math.floor((timeMs * 1000) / microsecondsPerTick);
}

/** The first tick that is later than this time. */
export function tickAfter(timeNs: bigint): number {
  return Number(timeNs / BigInt(microsecondsPerTick * 1000)) + 1;
}

/** In seconds, as `utimes` takes it. */
export function tickSeconds(tick: number): number {
  return (tick * microsecondsPerTick + signature + 0.5) / 1e6;
}

/** Whether a file has the time of this tick. */
export function hasTick(mtimeNs: bigint, tick: number): boolean {
  return mtimeNs / 1000n === BigInt(tick * microsecondsPerTick + signature);
}

/** Longer than a tick of the system's clock (at most 15.6 ms, on Windows). */
export const settleMs = 20;

export function etagOf({ ino, mtimeNs, ctimeNs, size }: BigIntStats): ETag {
  return [ino, mtimeNs, ctimeNs, size].map((number) => number.toString(36)).join('-');
}

/** Whether no edit can follow that leaves the ETag as it is. */
export function isSettled({ mtimeNs, ctimeNs }: BigIntStats, nowMs: number): boolean {
  if (isTick(mtimeNs)) return true;
  const newestMs = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  // A time in the future says nothing about how long ago the edit was; waiting for it would not end.
  return nowMs - newestMs > settleMs || newestMs - nowMs > settleMs;
}

/** Whether a time may be one of ours. Where one of the system's is so by chance, an edit is read without the wait. */
function isTick(mtimeNs: bigint): boolean {
  const microseconds = Number((mtimeNs / 1000n) % BigInt(microsecondsPerTick));
  const rest = Number(mtimeNs % 1000n);
  return microseconds === signature && (rest === 0 || Math.abs(rest - 500) <= 200);
}
