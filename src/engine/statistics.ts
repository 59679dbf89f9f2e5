import type { Effect } from '../keyspace/effect.ts';
import { expired, fieldsExpired } from '../keyspace/event.ts';

/** What the engine has done so far, for `INFO`, the metrics and the bench. */
export interface EngineStatistics {
  /** Rounds settled by a write, and the tasks that were in them. */
  writeRounds: number;
  writeRoundTasks: number;
  /** Rounds settled by a proof alone, and the tasks that were in them. */
  readRounds: number;
  readRoundTasks: number;
  effects: number;
  /** Keys deleted because their time was over, and fields of hashes. */
  expiredKeys: number;
  expiredFields: number;
  /** Times that another node's commit made this one roll back. */
  conflicts: number;
  /** Tasks executed again after a conflict or a failure. */
  reexecutions: number;
  uncertainTasks: number;
  unavailableTasks: number;
}

export function newEngineStatistics(): EngineStatistics {
  return {
    writeRounds: 0,
    writeRoundTasks: 0,
    readRounds: 0,
    readRoundTasks: 0,
    effects: 0,
    expiredKeys: 0,
    expiredFields: 0,
    conflicts: 0,
    reexecutions: 0,
    uncertainTasks: 0,
    unavailableTasks: 0,
  };
}

/** Counts the effects of a commit. */
export function countEffects(statistics: EngineStatistics, effects: readonly Effect[]): void {
  statistics.effects += effects.length;
  for (const effect of effects) {
    if (effect.kind === 'delete' && effect.event === expired) statistics.expiredKeys++;
    else if (effect.kind === 'deleteFields' && effect.event === fieldsExpired)
      statistics.expiredFields += effect.fields.length;
  }
}
