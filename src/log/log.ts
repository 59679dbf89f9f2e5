/**
 * The two layouts behind one interface: how effects become durable and how a node learns of other nodes' effects. The
 * engine does not know which one it runs on.
 *
 * Ordering contract: `open` first; `append` takes effects that were applied to the keyspace on top of everything that
 * the log has committed or handed over as changes, and returns with the bytes encoded (the keyspace may change right
 * after the call, before the promise resolves); at most `pipelineDepth` appends are under way at once; after an
 * outcome other than `committed` every later append that is under way fails too, and the engine rolls all of them
 * back before it calls `changes.applyTo`.
 */
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Effect } from '../keyspace/effect.ts';

export interface Log {
  /** How many appends may be under way at once. */
  readonly pipelineDepth: number;
  /** Brings an empty keyspace to the newest state. Nobody may look at it meanwhile, but to count. */
  open(keyspace: Keyspace, deadline: Deadline, progress?: LoadProgress): Promise<OpenOutcome>;
  /** Makes these effects the next commit. Resolves when their fate is known or the deadline has passed. */
  append(commit: Commit, deadline: Deadline): Promise<AppendOutcome>;
  /**
   * Proves, by a request sent now, that nobody has committed anything that this log has not handed over, provided that
   * all appends which are under way will be committed.
   */
  verify(deadline: Deadline): Promise<VerifyOutcome>;
  /** Requests so far that were sent again because one had failed. */
  readonly retries: number;
  /** What this node has written of them; `undefined` in a layout without snapshots. */
  readonly snapshots: SnapshotStatistics | undefined;
  /** How it shared the log with others; `undefined` in a layout where nobody need wait for others. */
  readonly turns: TurnStatistics | undefined;
  /** Ends the log's work; nothing may be under way. */
  close(): Promise<void>;
}

/** How far `open` has come, kept up to date by the log for whoever waits. Of JSON, before it is compressed. */
export interface LoadProgress {
  /** As far as it is known: what comes behind a snapshot is counted as it is read. */
  totalBytes: number;
  /** Of these, in the keyspace by now. */
  loadedBytes: number;
  /** Keys of the snapshot. */
  totalKeys: number;
}

export interface SnapshotStatistics {
  readonly isUnderWay: boolean;
  /** Those that have become the newest. */
  readonly written: number;
}

export interface TurnStatistics {
  /** How often this node asked others that kept it from writing to let it. */
  readonly claims: number;
  /** How often it let others write first that had asked for that. */
  readonly yields: number;
}

export function newLoadProgress(): LoadProgress {
  return { totalBytes: 0, loadedBytes: 0, totalKeys: 0 };
}

/** A time on `clock.monotonic`, in milliseconds. */
export type Deadline = number;

export interface Commit {
  /** The state that includes the effects. */
  readonly keyspace: Keyspace;
  readonly effects: readonly Effect[];
}

export type OpenOutcome = { readonly kind: 'opened' } | Failure;

export type AppendOutcome =
  | { readonly kind: 'committed' }
  /**
   * Somebody else's commit came first; this one certainly never happens. The changes lead to the newest state as it was
   * at some time after the call; `undefined` where an append before this one has told of them, or of its own failure.
   */
  | { readonly kind: 'conflict'; readonly changes: Changes | undefined }
  | Failure
  /** It may have happened and it may yet happen; what became of it could not be learnt in time. */
  | {
      readonly kind: 'uncertain';
      readonly reason: string;
      /** The newest state as it was at some time after the call, where it is known. */
      readonly changes?: Changes;
    };

export type VerifyOutcome =
  | { readonly kind: 'current' }
  /**
   * The newest state is not the one last handed over. Where an append is under way it may be that append's own:
   * the changes are then not to be applied, the outcome of the append decides.
   */
  | { readonly kind: 'changed'; readonly changes: Changes }
  /** What the store has answered cannot be told from an append that was under way: ask again after that. */
  | { readonly kind: 'unclear' }
  | Failure;

/** Nothing was written. `reason` says what happened and what to do, and holds no secret. */
export interface Failure {
  readonly kind: 'unavailable';
  readonly reason: string;
}

/** Other nodes' commits, in the form that this layout learns of them. */
export interface Changes {
  /** Brings the keyspace, as it was at the last commit handed over, to the newest state; then that is handed over. */
  applyTo(keyspace: Keyspace): void;
  /** They lead towards the newest state, not to it: they are so many that the rest is still to be asked for. */
  readonly isPartial?: boolean;
}

/** What there was told the layout, and what comes next may be of another: it is not created, but found again. */
export const goneWhenOpened =
  'was there a moment ago, and is not any more: is somebody else at work on it? Start again';
