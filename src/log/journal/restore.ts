/**
 * Makes a database what it was at some commit, by one more commit: nothing of its past is lost, and running nodes learn
 * of it as of any other.
 */
import type { Effect } from '../../keyspace/effect.ts';
import { Keyspace } from '../../keyspace/keyspace.ts';
import type { AppendOutcome, Deadline, Failure } from '../log.ts';
import { JournalLog, type JournalLogOptions } from './journal-log.ts';
import type { Until } from './chain.ts';
import { Past } from './past.ts';
import { Requests } from './requests.ts';

export interface RestoreOptions extends JournalLogOptions {
  readonly until: Until;
  /** Only says what would be done. */
  readonly isRehearsal: boolean;
}

export type RestoreOutcome =
  | {
      readonly kind: 'restored';
      /** The commit that the database is now as it was at, and its time. */
      readonly number: number;
      readonly time: number;
      /** The newest commit before that. */
      readonly before: number;
      /** How many keys got another value, expiry or both, and how many were deleted. */
      readonly set: number;
      readonly deleted: number;
    }
  | Failure
  | { readonly kind: 'uncertain'; readonly reason: string };

const conflictsMax = 10;

export async function restore(options: RestoreOptions, deadline: Deadline): Promise<RestoreOutcome> {
  const { name, databaseCount, environment } = options;
  const past = new Past({ requests: new Requests(options), name, databaseCount });
  const state = await past.find(options.until, deadline);
  if (state.kind === 'unavailable') return state;
  const wanted = new Keyspace(databaseCount);
  const failure = await past.load(state, wanted, deadline);
  if (failure !== undefined) return failure;
  const keyspace = new Keyspace(databaseCount);
  const log = new JournalLog({ ...options, mustExist: true });
  const opened = await log.open(keyspace, deadline);
  if (opened.kind === 'unavailable') return opened;
  for (let conflicts = 0; ; conflicts++) {
    const effects = difference(keyspace, wanted, environment.clock.now());
    const deleted = effects.filter(({ kind }) => kind === 'delete').length;
    const set = new Set(effects.flatMap((effect) => (isSetting(effect) ? [`${effect.db} ${effect.key}`] : []))).size;
    const { number, time } = state;
    const done = { kind: 'restored', number, time, before: log.newest, set, deleted } as const;
    if (options.isRehearsal || effects.length === 0) return done;
    const outcome = await commit(log, keyspace, effects, deadline);
    if (outcome.kind === 'committed') return done;
    if (outcome.kind !== 'conflict') return { kind: outcome.kind, reason: outcome.reason };
    if (conflicts === conflictsMax)
      return { kind: 'unavailable', reason: 'others write all the time; stop them, and try again' };
    outcome.changes?.applyTo(keyspace);
  }
}

function isSetting(effect: Effect): effect is Effect & { readonly kind: 'setString' | 'setExpiry' } {
  return effect.kind === 'setString' || effect.kind === 'setExpiry';
}

/** The keyspace is as before where it was not committed. */
async function commit(
  log: JournalLog,
  keyspace: Keyspace,
  effects: readonly Effect[],
  deadline: Deadline,
): Promise<AppendOutcome> {
  const recording = { effects: [], inverses: [], tripped: [] };
  keyspace.record(recording);
  for (const effect of effects) keyspace.apply(effect);
  keyspace.record(undefined);
  const outcome = await log.append({ keyspace, effects }, deadline);
  if (outcome.kind !== 'committed') keyspace.rollback(recording);
  return outcome;
}

/** What makes the one keyspace the other. Keys that have expired since are not brought back. */
export function difference(from: Keyspace, to: Keyspace, now: number): readonly Effect[] {
  const effects: Effect[] = [];
  for (let db = 0; db < from.databaseCount; db++) {
    const [before, after] = [from.database(db), to.database(db)];
    for (const { key } of before.entries()) {
      if (isGone(after.find(key), now)) effects.push({ kind: 'delete', db, key });
    }
    for (const entry of after.entries()) {
      const { key, value, expireAt } = entry;
      const old = before.find(key);
      if (isGone(entry, now)) continue;
      if (old?.value !== value) effects.push({ kind: 'setString', db, key, value });
      if (old?.expireAt !== expireAt) effects.push({ kind: 'setExpiry', db, key, expireAt });
    }
  }
  return effects;
}

function isGone(entry: { readonly expireAt: number | undefined } | undefined, now: number): boolean {
  return entry === undefined || (entry.expireAt !== undefined && entry.expireAt <= now);
}
