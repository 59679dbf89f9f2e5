/** Which of the heads that were the newest once must still be known: for readers who are slow, and for going back. */
import type { EarlierHead } from './head.ts';

interface RetentionOptions {
  /** Readers may be so slow. */
  readonly graceMs: number;
  /** For so long all that was in the database can be had again. */
  readonly retainMs: number;
}

/** Going back begins with a snapshot and reads the log from there on: so many snapshots of that time are kept for it. */
const snapshotsKept = 8;

/**
 * Of what is left out, only the snapshot is of no more use: records are kept from the first one that is left on.
 * @param heads all before the newest, the oldest first
 * @param now by the store
 */
export function neededHistory(
  heads: readonly EarlierHead[],
  now: number,
  { graceMs, retainMs }: RetentionOptions,
): readonly EarlierHead[] {
  const keptMs = Math.max(graceMs, retainMs);
  // What was there when that time began needs the newest head of then.
  const first = Math.max(
    0,
    heads.findLastIndex(({ at }) => at + keptMs < now),
  );
  const needed: EarlierHead[] = [];
  for (const [i, head] of heads.entries()) {
    if (i < first) continue;
    const next = heads[i + 1];
    const wasNewestLately = next === undefined || next.at + graceMs >= now;
    const before = needed.at(-1);
    if (before === undefined || wasNewestLately || head.at - before.at >= retainMs / snapshotsKept) needed.push(head);
  }
  return needed;
}
