/** What the clients of a workload do, apart from chance. */

/** Of keys. Counters and transactions belong to strings. */
export const valueTypes = ['string', 'hash', 'list', 'set', 'sorted-set'] as const;
export type ValueType = (typeof valueTypes)[number];

export interface WorkloadPlan {
  /** Of each client. */
  readonly operations: number;
  /** That are asked for something; at least one. */
  readonly types: readonly ValueType[];
  /** Keys of each kind. */
  readonly keys: number;
  /** How often a client reads, against the usual. */
  readonly readWeight: number;
  /** Clients pause so long between two operations, on average. */
  readonly thinkMs: number;
  /** All do so many operations one upon another, then nothing for so long; left out: each at his own pace. */
  readonly bursts?: { readonly operations: number; readonly quietMs: number };
  /** Whether the clocks of the servers go right: else nothing can be said of when a key expires. */
  readonly clocksAreRight: boolean;
  /** Whether some clients leave while they wait for an answer. */
  readonly someLeave: boolean;
  /** Of a large value that some small writes are sent behind; left out: none are. */
  readonly ballastBytes?: number;
  /** How long a client waits for an answer before it takes the connection for lost. */
  readonly replyTimeoutMs: number;
}
