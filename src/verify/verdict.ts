/** What a check of a history says. `unknown`: its time or its memory was over before it knew. */
import type { Operation } from './history.ts';

/** Which bound ended a check that is `unknown`. */
export type Limit = 'time' | 'memory' | 'steps';

export type Verdict = 'ok' | 'illegal' | 'unknown';

/** One step of a linearization: an operation and the state after it, as the model describes it to a person. */
export interface LinearizationStep {
  /** Index into the partition's operations. */
  readonly operation: number;
  readonly state: string;
}

/** The operations of one key (or whatever the model says is independent), judged by themselves. */
export interface PartitionVerdict {
  readonly key: string | null;
  readonly verdict: Verdict;
  /** In order of their calls; `fail` is left out. */
  readonly operations: readonly Operation[];
  /**
   * The longest partial linearizations that were found: for `ok` a single complete one, for `illegal` for each
   * operation the longest that contains it, without those that are prefixes of another or doubles.
   */
  readonly linearizations: readonly (readonly LinearizationStep[])[];
  /**
   * Of `illegal` only, an index into the operations: what had been answered before this one returned can be linearized,
   * with its answer it cannot (at one time, in the order of the operations). Where that is too hard to find, it may be
   * a later operation than the first such.
   */
  readonly firstViolation?: number;
  /** Of `unknown` only. */
  readonly limit?: Limit;
}

export interface LinearizabilityVerdict {
  readonly kind: 'linearizability';
  readonly model: string;
  readonly verdict: Verdict;
  readonly partitions: readonly PartitionVerdict[];
}

/** Why one transaction must come before another. */
export type DependencyKind = 'write-write' | 'write-read' | 'read-write' | 'process' | 'real-time';

export interface Dependency {
  /** Indexes into the verdict's transactions. */
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  /** A sentence: `T3 read x = [1 2], which T7 had appended to before …`. */
  readonly reason: string;
}

export interface Anomaly {
  /** Adya's and Elle's names, as `G1a`, `G-single-item-realtime` or `lost-update`: docs/verification.md has them all. */
  readonly name: string;
  /** A sentence that says what happened. */
  readonly description: string;
  /** Its transactions; indexes into the verdict's. */
  readonly transactions: readonly number[];
  /** The edges of its cycle, in order; empty where it is not a cycle. */
  readonly cycle: readonly Dependency[];
}

export interface TransactionsVerdict {
  readonly kind: 'transactions';
  readonly model: 'list-append';
  /** Whether the history is strictly serializable. */
  readonly verdict: Verdict;
  /** Whether it would be serializable if real time did not count. */
  readonly serializable: Verdict;
  readonly transactions: readonly Operation[];
  readonly anomalies: readonly Anomaly[];
  /** Of `unknown` only, and only where a bound is why. */
  readonly limit?: 'time';
  /** Sentences: what could not be decided and why, and what was left out of `anomalies`. */
  readonly notes?: readonly string[];
}

export type HistoryVerdict = LinearizabilityVerdict | TransactionsVerdict;
