/** A round: the tasks that one storage request settles, with the effects that they have had. */
import { newRecording, type Recording } from '../keyspace/keyspace.ts';
import type { AppendOutcome } from '../log/log.ts';
import type { Reply } from '../resp/reply.ts';
import type { Task } from './task.ts';

export class Round {
  readonly recording: Recording = newRecording();
  readonly tasks: Task[] = [];
  /** By task: what it answered. */
  readonly replies: Reply[] = [];
  /** By task: the number of effects after it. */
  readonly #effectCounts: number[] = [];
  /** Tasks that arrived at about the same time, in order. */
  readonly #arrivals: { readonly from: number; readonly atMs: number }[] = [];
  /** Whether its replies are known to be true. */
  proven = false;
  /** Its effects were undone and its tasks are being run again, in another round. */
  dissolved = false;
  /** A proof arrived that says neither yes nor no, because a write is under way: ask again after that. */
  askAgain = false;
  /** Of a write round: what became of it. */
  outcome: AppendOutcome | undefined;

  /** A round with effects is settled by a write, another one by a read. */
  get writes(): boolean {
    return this.recording.effects.length > 0;
  }

  /** The tasks that are added from now on arrived at this time, on `clock.monotonic`. */
  arrive(atMs: number): void {
    this.#arrivals.push({ from: this.tasks.length, atMs });
  }

  /** When this task arrived, or a little earlier. */
  arrivedAtMs(index: number): number {
    return this.#arrivals.findLast(({ from }) => from <= index)?.atMs ?? -Infinity;
  }

  /** When the newest of its tasks arrived. */
  get newestArrivalMs(): number {
    return this.#arrivals.reduce((newest, { atMs }) => Math.max(newest, atMs), -Infinity);
  }

  add(task: Task, reply: Reply): void {
    this.tasks.push(task);
    this.replies.push(reply);
    this.#effectCounts.push(this.recording.effects.length);
  }

  /** Whether this task had effects. */
  taskWrites(index: number): boolean {
    return this.#effectCounts[index] !== (this.#effectCounts[index - 1] ?? 0);
  }
}
