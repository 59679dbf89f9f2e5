/** Makes a new database that begins as another was at some commit, and shares its objects (`branches.ts`). */
import type { Deadline, Failure } from '../log.ts';
import { enterBranch } from './branches.ts';
import type { Until } from './chain.ts';
import { decodeHead, encodeHead, originsFrom, type Head, type Origin } from './head.ts';
import { firstHead } from './heads.ts';
import { Past, type PastStart, type PastState } from './past.ts';
import { refuseLeftovers } from './leftovers.ts';
import { newId } from './record.ts';
import type { Requests } from './requests.ts';

export interface BranchOptions {
  readonly requests: Requests;
  /** The database that it comes from, in the store. */
  readonly source: string;
  /** Its own name, that nobody has. */
  readonly name: string;
  readonly databaseCount: number;
  /** `{}`: as the database is now. */
  readonly until: Until;
  /** How long its past is kept; `undefined`: as that of the source. */
  readonly retainMs?: number | undefined;
}

export type BranchOutcome =
  { readonly kind: 'created'; readonly number: number; readonly time: number; readonly shared: number } | Failure;

export async function createBranch(options: BranchOptions, deadline: Deadline): Promise<BranchOutcome> {
  const { requests, source, name } = options;
  const there = await requests.get(name, deadline);
  if (there.kind === 'unavailable') return there;
  if (there.kind === 'found') return requests.failure('is there already; a branch wants a name that nobody has', name);
  const left = await refuseLeftovers(requests, name, deadline);
  if (left !== undefined) return left;
  const past = await new Past({ ...options, name: source }).find(options.until, deadline);
  if (past.kind === 'unavailable') return past;
  const database = newId(requests.environment.random);
  const origins = originsOf(past, source);
  const { head, start } = past;
  const refused = await enterEverywhere(start, origins, { ...options, database }, deadline);
  if (refused !== undefined) return refused;
  const first = firstHead(database, {
    log: { number: start.number, parent: start.parent },
    snapshot: start.snapshot,
    origins,
    retainMs: options.retainMs ?? head.retainMs,
    graceMs: head.graceMs,
  });
  const put = await putFirst(first, options, deadline);
  if (put !== undefined) return put;
  // Whoever took too long may have been given up, and what it needs be gone: only now it is certain that it is not.
  const lost = await enterEverywhere(start, origins, { ...options, database }, deadline);
  if (lost !== undefined)
    return { ...lost, reason: `the branch was made, but may need what is gone: delete ${name}; ${lost.reason}` };
  return { kind: 'created', number: past.number, time: past.time, shared: past.records.length };
}

/** Whose the records up to that commit are, from the first that is needed on. */
function originsOf({ head, start, number }: PastState, source: string): readonly Origin[] {
  const origins: Origin[] = [];
  for (const origin of originsFrom(start.number, head.origins)) {
    origins.push({ ...origin, until: Math.min(origin.until, number) });
    if (origin.until >= number) return origins;
  }
  return [...origins, { name: source, database: head.database, until: number }];
}

/** In the heads of all databases that it comes from, so that they keep what it needs. */
async function enterEverywhere(
  start: PastStart,
  origins: readonly Origin[],
  { requests, name, database }: BranchOptions & { readonly database: string },
  deadline: Deadline,
): Promise<Failure | undefined> {
  let from = start.number;
  for (const [i, origin] of origins.entries()) {
    const snapshot = i === 0 ? start.snapshot : undefined;
    const branch = { name, database, from, until: origin.until, snapshot };
    const refused = await enterBranch(requests, origin.name, origin.database, branch, deadline);
    if (refused !== undefined) return refused;
    from = origin.until + 1;
  }
  return undefined;
}

async function putFirst(
  head: Head,
  { requests, name }: BranchOptions,
  deadline: Deadline,
): Promise<Failure | undefined> {
  const { store } = requests;
  const backoff = requests.backoff(deadline);
  for (;;) {
    const timeoutMs = requests.timeoutMs(deadline);
    const result = await store.put(name, encodeHead(head), { ifNoneMatch: '*', timeoutMs });
    if (result.kind === 'stored') return undefined;
    const found = await requests.fetch(name, deadline, decodeHead);
    if (found.kind === 'unavailable') return mayBeThere(name, found.reason);
    if (found.kind === 'found') {
      if (found.content.database === head.database) return undefined;
      return requests.failure('was created by somebody else at the same moment', name);
    }
    const reason = result.kind === 'failed' ? result.message : 'the store refuses a condition that holds';
    const isDenied = result.kind === 'failed' && result.failure === 'denied';
    if (isDenied || !(await backoff.wait())) return mayBeThere(name, reason);
    requests.countRetry();
  }
}

/** It may come late, when its source has given it up. */
function mayBeThere(name: string, reason: string): Failure {
  const advice = `if ${name} is there later, delete it: what it needs may be gone`;
  return { kind: 'unavailable', reason: `nobody knows whether the branch was made; ${advice}; ${reason}` };
}
