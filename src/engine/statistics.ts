/** What the engine has done so far, for `INFO`, the metrics and the bench. */
export interface EngineStatistics {
  /** Rounds settled by a write, and the tasks that were in them. */
  writeRounds: number;
  writeRoundTasks: number;
  /** Rounds settled by a proof alone, and the tasks that were in them. */
  readRounds: number;
  readRoundTasks: number;
  effects: number;
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
    conflicts: 0,
    reexecutions: 0,
    uncertainTasks: 0,
    unavailableTasks: 0,
  };
}
