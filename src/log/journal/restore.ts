/**
 * Makes a database what it was at some commit, by one more commit: nothing of its past is lost, and running nodes learn
 * of it as of any other.
 */
import { countKeys, difference } from '../../keyspace/difference.ts';
import { Keyspace } from '../../keyspace/keyspace.ts';
import { transact, type TransactOutcome } from '../transact.ts';
import type { Failure } from '../log.ts';
import { JournalLog, type JournalLogOptions } from './journal-log.ts';
import type { Until } from './chain.ts';
import { Past, type PastState } from './past.ts';
import { Requests } from './requests.ts';

export interface RestoreOptions extends JournalLogOptions {
  readonly until: Until;
  /** How long it waits for the store, beside reading and writing what takes its time. */
  readonly timeoutMs: number;
  /** Only says what would be done. */
  readonly isRehearsal: boolean;
}

export interface Restored {
  /** The commit that the database is now as it was at, and its time. */
  readonly number: number;
  readonly time: number;
  /** The newest commit before that. */
  readonly before: number;
  /** How many keys got another value, expiry or both, and how many were deleted. */
  readonly set: number;
  readonly deleted: number;
}

export async function restore(options: RestoreOptions): Promise<TransactOutcome<Restored>> {
  const { databaseCount, environment, timeoutMs } = options;
  const { clock } = environment;
  const wanted = new Keyspace(databaseCount);
  const state = await loadPast(options, wanted);
  if (state.kind === 'unavailable') return state;
  const { number, time } = state;
  const keyspace = new Keyspace(databaseCount);
  const log = new JournalLog({ ...options, mustExist: true });
  const opened = await log.open(keyspace, clock.monotonic() + timeoutMs);
  if (opened.kind === 'unavailable') return opened;
  return transact({
    log,
    keyspace,
    clock,
    timeoutMs,
    plan() {
      const effects = difference(keyspace, wanted, clock.now());
      const summary = { number, time, before: log.newest, ...countKeys(effects) };
      return { kind: 'plan', effects: options.isRehearsal ? [] : effects, summary };
    },
  });
}

async function loadPast(options: RestoreOptions, keyspace: Keyspace): Promise<PastState | Failure> {
  const requests = new Requests(options);
  requests.patienceMs = options.timeoutMs;
  const past = new Past({ ...options, requests });
  const state = await past.find(options.until, Infinity);
  if (state.kind === 'unavailable') return state;
  return (await past.load(state, keyspace, Infinity)) ?? state;
}
