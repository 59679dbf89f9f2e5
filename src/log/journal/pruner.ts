/**
 * Lets go of the past between snapshots: heads that are not needed any more leave the history of the newest, and what
 * only they needed is collected. Snapshots do that too, but they come as the log grows: what a burst of writes has made
 * obsolete would stay until there have been as many writes again.
 *
 * It hangs on commits and on the store's dates, not on a timer: a node that has nothing to do sends nothing.
 */
import { liveBranches } from './branches.ts';
import type { Collector } from './collector.ts';
import { firstKept, originsFrom, type Head } from './head.ts';
import type { Heads } from './heads.ts';
import type { Requests } from './requests.ts';
import { neededHistory } from './retention.ts';

interface PrunerOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly collector: Collector;
  /** Of the database, in the store. */
  readonly name: string;
  /** Whether a snapshot is under way, which lets go of the past itself. */
  readonly isSnapshotUnderWay: () => boolean;
}

/** So often in a grace period it is looked whether there is something to let go of, by the head as this node knows it. */
const looksPerGrace = 64;
/** So often it is asked for the newest one, which may say more. */
const questionsPerGrace = 8;
const patienceMs = 600_000;

export class Pruner {
  readonly #options: PrunerOptions;
  #isAtWork = false;
  #lookAt = 0;

  constructor(options: PrunerOptions) {
    this.#options = options;
  }

  /** To be called after each commit. */
  consider(): void {
    const { heads, isSnapshotUnderWay } = this.#options;
    const { graceMs } = heads;
    const now = heads.freshAt;
    if (now === undefined || now < this.#lookAt || this.#isAtWork || isSnapshotUnderWay()) return;
    this.#lookAt = now + graceMs / looksPerGrace;
    const mayBeOutdated = (heads.seenAt ?? 0) + graceMs / questionsPerGrace < now;
    if (!mayBeOutdated && this.#pruned(heads.newest, now) === undefined) return;
    this.#isAtWork = true;
    void this.#prune().then(() => {
      this.#isAtWork = false;
    });
  }

  async #prune(): Promise<void> {
    const { requests, heads, collector, name } = this.#options;
    const { graceMs } = heads;
    const deadline = requests.environment.clock.monotonic() + patienceMs;
    const found = await heads.fetch(deadline);
    if (found.kind !== 'found' || found.date === undefined) return;
    const { content: before, etag, date: now } = found;
    const pruned = this.#pruned(before, now);
    // Others may have done it.
    if (pruned === undefined) return;
    const branches = await liveBranches(before, { requests, name, graceMs, now }, deadline);
    const head = { ...pruned, generation: before.generation + 1, branches };
    if ((await heads.swap(head, etag, deadline)) === 'swapped') await collector.collect(head, now);
  }

  /** The same head without what it need not name any more; `undefined`: it needs all of it. */
  #pruned(head: Head, now: number): Head | undefined {
    const { heads } = this.#options;
    const { graceMs } = heads;
    const { retainMs } = head;
    const { number } = head.log;
    const newest = { number, snapshot: head.snapshot, at: heads.newestSince ?? now };
    const needed = neededHistory([...head.history, newest], now, { graceMs, retainMs });
    const history = needed.filter((one) => one !== newest);
    if (history.length === head.history.length) return undefined;
    return { ...head, history, origins: originsFrom(firstKept({ history, log: head.log }), head.origins) };
  }
}
