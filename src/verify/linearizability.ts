/**
 * Whether a history is linearizable: each key by itself, registers with unique writes and queues of unique elements by
 * algorithms of their own, all else by search. The search may take exponential time, so it has bounds, and `unknown` is a verdict.
 */
import type { History, Operation } from './history.ts';
import { HistoryError } from './history-error.ts';
import { faultOf } from './history-validation.ts';
import { canonicalJson } from './json.ts';
import { firstViolation } from './linearizability-first-violation.ts';
import { Search, type SearchLimits, type SearchResult } from './linearizability-search.ts';
import { respectsTies, withTiesInTimes } from './linearizability-ties.ts';
import { checkUniqueQueue } from './linearizability-unique-queue.ts';
import { checkUniqueWrites, type UniqueVerdict } from './linearizability-unique-writes.ts';
import { queueModel } from './models/list.ts';
import type { Automaton, Model, Start } from './models/model.ts';
import { casRegisterModel, registerModel } from './models/register.ts';
import { partitionByKey, type Partition } from './partition.ts';
import type { LinearizabilityVerdict, LinearizationStep, PartitionVerdict, Verdict } from './verdict.ts';

export interface CheckLimits {
  /** Steps of the model for each key; without it, no bound. Of no effect on `list-append`, which takes linear time. */
  readonly stepsMax?: number;
  /**
   * What the search of one key may keep in memory, about, beside the history itself; one key is searched at a time.
   * Default 1 GiB. It should be at most 60 % of what the process may have on its heap (in Node.js
   * `v8.getHeapStatistics().heap_size_limit`). Of no effect on `list-append`, which takes linear memory.
   */
  readonly memoryBytesMax?: number;
  /** Whether the time is over. Nothing in this folder has a clock; it is asked every millisecond or so. */
  readonly isOver?: () => boolean;
  /** Told after each key and now and then within one; not of `list-append`, which has no keys to tell of. */
  readonly onProgress?: (progress: CheckProgress) => void;
}

export interface CheckProgress {
  readonly keysDone: number;
  readonly keys: number;
  /** Of the model, all keys together. */
  readonly steps: number;
}

const memoryBytesMaxDefault = 2 ** 30;
/** Every key is given so many first, so that a hard one does not keep a plain violation of another from being found. */
const firstStepsMax = 2_000_000;
/** For all beginnings of an illegal history that are judged to find out where it goes wrong. */
const explanationStepsMax = 200_000;

/** Throws a `HistoryError` if the history does not fit the model. */
export function checkLinearizability(history: History, model: Model, limits: CheckLimits = {}): LinearizabilityVerdict {
  const fault = faultOf(history, model);
  if (fault !== undefined) {
    const where = fault.operation === undefined ? '' : `operation ${fault.operation}: `;
    throw new HistoryError(`${where}${fault.message}`);
  }
  const start: Start = { initial: history.initial, nullReadIsWildcard: history.nullReadIsWildcard };
  const partitions = new Partitions(partitionByKey(history), model, start, limits).check();
  return { kind: 'linearizability', model: model.name, verdict: overall(partitions), partitions };
}

function overall(partitions: readonly PartitionVerdict[]): Verdict {
  const verdicts = new Set(partitions.map(({ verdict }) => verdict));
  if (verdicts.has('illegal')) return 'illegal';
  return verdicts.has('unknown') ? 'unknown' : 'ok';
}

class Partitions {
  readonly #partitions: readonly Partition[];
  readonly #model: Model;
  readonly #start: Start;
  readonly #limits: CheckLimits;
  readonly #verdicts: (PartitionVerdict | undefined)[];
  #done = 0;
  #steps = 0;

  constructor(partitions: readonly Partition[], model: Model, start: Start, limits: CheckLimits) {
    this.#partitions = partitions;
    this.#model = model;
    this.#start = start;
    this.#limits = limits;
    this.#verdicts = partitions.map(() => undefined);
  }

  check(): readonly PartitionVerdict[] {
    const stepsMax = this.#limits.stepsMax ?? Infinity;
    for (const bound of stepsMax > firstStepsMax ? [firstStepsMax, stepsMax] : [stepsMax]) {
      for (const [index, partition] of this.#partitions.entries()) {
        const known = this.#verdicts[index];
        if (known !== undefined && known.verdict !== 'unknown') continue;
        if (known !== undefined && this.#isOver()) {
          this.#verdicts[index] = { ...known, limit: 'time' };
          continue;
        }
        this.#verdicts[index] = this.#checkOne(partition, bound);
        if (this.#verdicts[index].verdict !== 'unknown') this.#done++;
        this.#report(0);
      }
    }
    return this.#verdicts.filter((verdict) => verdict !== undefined);
  }

  #checkOne({ key, operations }: Partition, stepsMax: number): PartitionVerdict {
    const unique = this.#checkUnique(operations);
    const { verdict, orders, limit }: SearchResult =
      unique === undefined
        ? this.#search(operations, stepsMax, (search) => search.run())
        : { verdict: unique.verdict, orders: unique.verdict === 'ok' ? [unique.order] : [] };
    const automaton = this.#model.open(operations, this.#start);
    if (verdict !== 'illegal') {
      const linearizations = orders.map((order) => describeOrder(order, automaton));
      return { key, operations, verdict, linearizations, ...(limit === undefined ? {} : { limit }) };
    }
    const violation = firstViolation(operations, this.#judgeWithin(explanationStepsMax));
    const horizon = (operations[violation] as Operation).return;
    const partial = this.#search(operations, stepsMax, (search) => search.illustrate(horizon));
    const linearizations = partial.map((order) => describeOrder(order, automaton));
    return { key, operations, verdict, linearizations, firstViolation: violation };
  }

  #judgeWithin(stepsMax: number): (operations: readonly Operation[]) => Verdict {
    let left = stepsMax;
    return (operations) => {
      const unique = this.#checkUnique(operations);
      if (unique !== undefined) return unique.verdict;
      return this.#search(operations, left, (search) => {
        const { verdict } = search.run();
        left -= search.steps;
        return verdict;
      });
    };
  }

  #search<Result>(
    operations: readonly Operation[],
    stepsMax: number,
    use: (search: Search<unknown>) => Result,
  ): Result {
    const simplified = this.#model.simplify?.(operations) ?? operations;
    const automaton = this.#model.open(simplified, this.#start);
    const limits = this.#limitsOf(stepsMax, () => search.steps);
    const search: Search<unknown> = new Search(simplified, automaton, limits);
    const result = use(search);
    this.#steps += search.steps;
    return result;
  }

  /** `undefined`: there is no algorithm for such a history. These know of times only: what is left is for the search. */
  #checkUnique(operations: readonly Operation[]): UniqueVerdict | undefined {
    const found = this.#checkUniqueByTime(operations);
    if (found?.verdict !== 'ok' || respectsTies(found.order, operations)) return found;
    const retimed = withTiesInTimes(operations);
    const again = this.#checkUniqueByTime(retimed.operations);
    if (again?.verdict !== 'ok') return undefined;
    const order = again.order.map((index) => retimed.originals[index] as number);
    return respectsTies(order, operations) ? { verdict: 'ok', order } : undefined;
  }

  #checkUniqueByTime(operations: readonly Operation[]): UniqueVerdict | undefined {
    const { initial, nullReadIsWildcard } = this.#start;
    if (this.#model === queueModel)
      return canonicalJson(initial ?? []) === '[]' ? checkUniqueQueue(operations) : undefined;
    const isRegister = this.#model === registerModel || this.#model === casRegisterModel;
    return isRegister && !nullReadIsWildcard ? checkUniqueWrites(operations, initial ?? null) : undefined;
  }

  #limitsOf(stepsMax: number, steps: () => number): SearchLimits {
    const isOver = (): boolean => {
      this.#report(steps());
      return this.#isOver();
    };
    return { stepsMax, memoryBytesMax: this.#limits.memoryBytesMax ?? memoryBytesMaxDefault, isOver };
  }

  #isOver(): boolean {
    return this.#limits.isOver?.() ?? false;
  }

  #report(stepsOfThis: number): void {
    const keys = this.#partitions.length;
    this.#limits.onProgress?.({ keysDone: this.#done, keys, steps: this.#steps + stepsOfThis });
  }
}

/** The states along an order that is known to be possible. */
function describeOrder(order: readonly number[], automaton: Automaton<unknown>): readonly LinearizationStep[] {
  let state = automaton.initial;
  return order.map((operation) => {
    const next = automaton.step(state, operation);
    if (next === undefined) throw new Error(`the checker has put operations into an impossible order at=${operation}`);
    state = next;
    return { operation, state: automaton.describe(state) };
  });
}
