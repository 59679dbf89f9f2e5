/** `valthree/verify`: histories and their checkers as a library. It depends on nothing else of Valthree. */
export { checkHistory, modelNames, type CheckOptions } from './check.ts';
export { describeOperation, explain, type Explanation } from './explanation.ts';
export { HistoryError } from './history-error.ts';
export type { History, Json, MicroOperation, Operation, Outcome } from './history.ts';
export type { CheckLimits, CheckProgress } from './linearizability.ts';
export type { Automaton, Lookahead, Model, NondeterministicAutomaton, Start } from './models/model.ts';
export { powerset } from './models/powerset.ts';
export { decodeHistoryText } from './readers/decode-history-text.ts';
export { readHistory, type ReadOptions } from './readers/read-history.ts';
export { historyLines, writeHistory } from './readers/write-history.ts';
export type {
  Anomaly,
  Dependency,
  DependencyKind,
  HistoryVerdict,
  Limit,
  LinearizabilityVerdict,
  LinearizationStep,
  PartitionVerdict,
  TransactionsVerdict,
  Verdict,
} from './verdict.ts';
export { renderReport, type ReportOptions } from './report/html.ts';
