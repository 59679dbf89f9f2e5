/** What the engine runs: something that executes on the keyspace and gets its reply when a round has settled it. */
import type { Reply } from '../resp/reply.ts';

export interface Task {
  /**
   * Executes on the keyspace, synchronously. Effects of an execution that throws are undone and its error becomes the
   * reply. May be called again after a conflict, when whatever it did before has been undone.
   */
  execute(nowMs: number): Reply;
  /** Called once, in the order of submission: the reply may leave the node now. Must not throw. */
  settle(reply: Reply): void;
  /** When it was submitted, on `clock.monotonic`; the engine's own. */
  submittedAt: number;
}
