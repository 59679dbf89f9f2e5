/** Bounds of the engine's work. */
export interface EngineLimits {
  /** How long a command may wait for the store before it is answered with an error. */
  readonly timeoutMs: number;
  /** How long a round may wait for company before its request is sent; 0: not at all. */
  readonly commitIntervalMs: number;
  /** Keys that the database may hold; 0: no limit. */
  readonly keysMax: number;
  /** Tasks that may wait for the next round: enough for every client of a large node, little enough to run again. */
  readonly batchTasksMax: number;
  /** Effects in a round, where single tasks have many. */
  readonly batchEffectsMax: number;
}

export const engineLimitsDefault: EngineLimits = {
  timeoutMs: 30_000,
  commitIntervalMs: 0,
  keysMax: 0,
  batchTasksMax: 65_536,
  batchEffectsMax: 262_144,
};
