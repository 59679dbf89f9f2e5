/**
 * Branches: databases that begin as others were at some commit, and share their objects until their own snapshots have
 * replaced these. The head of a database names its branches and what they need of it; its collector keeps that until the
 * branch does not name the database as its origin any more.
 *
 * Why nothing is lost: a branch enters itself by swapping the head, and only a head that still keeps what the branch
 * needs. A collector that works for an earlier head keeps all that this one keeps; one that works for a later head knows
 * of the branch.
 */
import type { Deadline, Failure } from '../log.ts';
import { decodeHead, encodeHead, firstKept, headsOf, type Branch, type Head } from './head.ts';
import type { Requests } from './requests.ts';

/** Of the branches that this head names, those that still need something. @param now by the store */
export async function liveBranches(
  head: Head,
  { requests, name, graceMs, now }: { requests: Requests; name: string; graceMs: number; now: number },
  deadline: Deadline,
): Promise<readonly Branch[]> {
  const live: Branch[] = [];
  for (const branch of head.branches) {
    const found = await requests.fetch(branch.name, deadline, decodeHead);
    const isNamed =
      found.kind === 'found' &&
      found.content.database === branch.database &&
      found.content.origins.some((origin) => origin.name === name && origin.database === head.database);
    // It may not be there yet; and what cannot be read now may need it.
    if (isNamed || found.kind === 'unavailable' || branch.at + graceMs > now) live.push(branch);
  }
  return live;
}

/** Whether what the branch needs is kept by this head. */
function keeps(head: Head, { from, until, snapshot }: Omit<Branch, 'name' | 'database' | 'at'>): boolean {
  // The snapshots in between are not all kept, the records are.
  const isSnapshotKept = headsOf(head).some((one) => one.number === from && one.snapshot === snapshot);
  if (firstKept(head) <= from && (snapshot === undefined || isSnapshotKept)) return true;
  return head.branches.some(
    (other) => other.from <= from && until <= other.until && (snapshot === undefined || other.snapshot === snapshot),
  );
}

/**
 * Enters a branch into the head of this name, if that is still of this database and keeps what the branch needs. Done
 * once more it is entered anew: whoever was about to give it up, as it was not there for long, comes too late.
 */
export async function enterBranch(
  requests: Requests,
  name: string,
  database: string,
  branch: Omit<Branch, 'at'>,
  deadline: Deadline,
): Promise<Failure | undefined> {
  const backoff = requests.backoff(deadline);
  for (;;) {
    const fetched = await requests.fetch(name, deadline, decodeHead);
    if (fetched.kind === 'unavailable') return fetched;
    const head = fetched.kind === 'found' ? fetched.content : undefined;
    if (fetched.kind === 'notFound' || head?.database !== database || !keeps(head, branch))
      return requests.failure('has gone on meanwhile, and does not keep that commit any more; try again', name);
    const { date, etag } = fetched;
    if (date === undefined) return requests.failure('cannot have branches: the store gives no dates', name);
    const others = head.branches.filter((other) => other.database !== branch.database);
    const next = { ...head, generation: head.generation + 1, branches: [...others, { ...branch, at: date }] };
    const timeoutMs = requests.timeoutMs(deadline);
    const result = await requests.store.put(name, encodeHead(next), { ifMatch: etag, timeoutMs });
    if (result.kind === 'stored') return undefined;
    const reason = result.kind === 'failed' ? result.message : 'others write the head all the time';
    const isFinal = result.kind === 'failed' && result.failure === 'denied';
    // Whatever has become of it: the head is read again.
    if (isFinal || !(await backoff.wait())) return { kind: 'unavailable', reason };
    requests.countRetry();
  }
}
