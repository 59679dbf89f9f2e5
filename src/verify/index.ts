/** `valthree/verify`: histories and their checkers as a library. It depends on nothing else of Valthree. */
export type { History, Json, MicroOperation, Operation, Outcome } from './history.ts';
export type {
  Anomaly,
  Dependency,
  DependencyKind,
  HistoryVerdict,
  LinearizabilityVerdict,
  LinearizationStep,
  PartitionVerdict,
  TransactionsVerdict,
  Verdict,
} from './verdict.ts';
