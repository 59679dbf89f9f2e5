/**
 * One commit by a command that is no node: it is planned on the newest state, and planned again where somebody else's
 * commit came first.
 */
import type { Clock } from '../environment/environment.ts';
import type { Effect } from '../keyspace/effect.ts';
import { newRecording, type Keyspace } from '../keyspace/keyspace.ts';
import type { AppendOutcome, Changes, Failure, Log } from './log.ts';

export interface Transaction<Summary> {
  /** Open. */
  readonly log: Log;
  /** As the log has brought it to the newest state. */
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  /** How long a commit may take; one of a large keyspace gets a second more for each megabyte. */
  readonly timeoutMs: number;
  /** What is to be done to the keyspace as it is now, which it only looks at. A failure: nothing at all. */
  plan(): Plan<Summary> | Failure;
}

export interface Plan<Summary> {
  readonly kind: 'plan';
  /** None: nothing is committed. */
  readonly effects: readonly Effect[];
  /** For whoever asked, what they amount to. */
  readonly summary: Summary;
}

export type TransactOutcome<Summary> =
  | { readonly kind: 'done'; readonly summary: Summary }
  | Failure
  /** It may have happened, or not. */
  | { readonly kind: 'uncertain'; readonly reason: string };

const conflictsMax = 10;
const bytesPerMs = 1000;

export async function transact<Summary>(transaction: Transaction<Summary>): Promise<TransactOutcome<Summary>> {
  for (let conflicts = 0; ; conflicts++) {
    const plan = transaction.plan();
    if (plan.kind === 'unavailable') return plan;
    const { effects, summary } = plan;
    if (effects.length === 0) return { kind: 'done', summary };
    const outcome = await commit(transaction, effects);
    if (outcome.kind === 'committed') return { kind: 'done', summary };
    if (outcome.kind !== 'conflict') return { kind: outcome.kind, reason: outcome.reason };
    if (conflicts === conflictsMax)
      return { kind: 'unavailable', reason: 'others write all the time; stop them, and try again' };
    const failure = await catchUp(transaction, outcome.changes);
    if (failure !== undefined) return failure;
  }
}

/** The keyspace is as before where it was not committed. */
async function commit<Summary>(
  { log, keyspace, clock, timeoutMs }: Transaction<Summary>,
  effects: readonly Effect[],
): Promise<AppendOutcome> {
  const recording = newRecording();
  keyspace.record(recording);
  for (const effect of effects) keyspace.apply(effect);
  keyspace.record(undefined);
  const deadline = clock.monotonic() + timeoutMs + keyspace.memory / bytesPerMs;
  const outcome = await log.append({ keyspace, effects }, deadline);
  if (outcome.kind !== 'committed') keyspace.rollback(recording);
  return outcome;
}

async function catchUp<Summary>(
  { log, keyspace, clock, timeoutMs }: Transaction<Summary>,
  news: Changes | undefined,
): Promise<Failure | undefined> {
  let changes = news;
  changes?.applyTo(keyspace);
  const deadline = clock.monotonic() + timeoutMs;
  while (changes === undefined || changes.isPartial === true) {
    const outcome = await log.verify(deadline);
    if (outcome.kind === 'unavailable') return outcome;
    if (outcome.kind === 'current') return undefined;
    if (outcome.kind === 'changed') {
      ({ changes } = outcome);
      changes.applyTo(keyspace);
    }
  }
  return undefined;
}
