/** What the engine runs: something that executes on the keyspace and gets its reply when a round has settled it. */
import type { Reply } from '../resp/reply.ts';

export interface Task {
  /**
   * Executes on the keyspace, synchronously. Effects of an execution that throws are undone and its error becomes the
   * reply. May be called again after a conflict, when whatever it did before has been undone.
   */
  execute(nowMs: number): Reply;
  /** Called when its last execution has been undone, with all others: it is executed again, or fails. */
  onUndone?(): void;
  /**
   * Called exactly once: the reply may leave the node now. Must not throw. Tasks settle in the order of submission,
   * but for those that fail because the store does: these may settle before earlier ones that are tried again, so
   * whoever owes replies in order keeps that order itself.
   */
  settle(reply: Reply): void;
}
