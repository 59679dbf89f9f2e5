/** What an import is to do to a database, as that is when it is done. */
import { isGone, keyDifference } from '../keyspace/difference.ts';
import type { Effect } from '../keyspace/effect.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Failure } from '../log/log.ts';
import type { Plan } from '../log/transact.ts';
import { toText } from '../resp/bytes.ts';

/** What becomes of keys that are there already. `fail`: nothing at all is imported. */
export const conflictRules = ['fail', 'skip', 'replace'] as const;
export type ConflictRule = (typeof conflictRules)[number];

export interface ImportSummary {
  readonly set: number;
  /** Were there already, and stay as they are. */
  readonly skipped: number;
  /** Have expired before they could be imported. */
  readonly expired: number;
}

export function planImport(
  incoming: Keyspace,
  { keyspace, rule, now }: { readonly keyspace: Keyspace; readonly rule: ConflictRule; readonly now: number },
): Plan<ImportSummary> | Failure {
  const effects: Effect[] = [];
  let [set, skipped, expired] = [0, 0, 0];
  let first: string | undefined;
  for (let db = 0; db < incoming.databaseCount; db++) {
    for (const entry of incoming.database(db).entries()) {
      const { key } = entry;
      const old = keyspace.database(db).find(key);
      const isConflict = !isGone(old, now);
      if (isGone(entry, now)) expired++;
      else if (isConflict && rule !== 'replace') {
        skipped++;
        first ??= `db=${db} key=${toText(key) ?? key}`;
      } else {
        set++;
        for (const effect of keyDifference({ db, key }, old, entry)) effects.push(effect);
      }
    }
  }
  if (rule === 'fail' && first !== undefined) return refusal(skipped, first);
  return { kind: 'plan', effects, summary: { set, skipped, expired } };
}

function refusal(conflicts: number, first: string): Failure {
  const what = conflicts === 1 ? 'a key is there already' : `${conflicts} keys are there already, the first of them`;
  const reason = `nothing was imported: ${what}: ${first}; --on-conflict skip or replace says what to do`;
  return { kind: 'unavailable', reason };
}
