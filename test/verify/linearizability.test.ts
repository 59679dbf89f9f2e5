/** The search, the models and the algorithm for unique writes, against a checker that tries every order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History, Operation } from '../../src/verify/history.ts';
import { Search } from '../../src/verify/linearizability-search.ts';
import { checkUniqueQueue } from '../../src/verify/linearizability-unique-queue.ts';
import { checkUniqueWrites } from '../../src/verify/linearizability-unique-writes.ts';
import { checkLinearizability } from '../../src/verify/linearizability.ts';
import { models } from '../../src/verify/models/all-models.ts';
import type { LinearizabilityVerdict, PartitionVerdict, Verdict } from '../../src/verify/verdict.ts';
import { arbitraryHistory } from './support/arbitrary-history.ts';
import { naiveCheck } from './support/naive-check.ts';
import { referenceObjects } from './support/reference-objects.ts';

const names = [...models.keys()];

function check(history: History): LinearizabilityVerdict {
  return checkLinearizability(history, models.get(history.model!)!);
}

/** What is drawn must be possible: real time is kept, and the model allows every step. */
function expectLinearizations({ operations, linearizations, verdict }: PartitionVerdict, history: History): void {
  const automaton = models.get(history.model!)!.open(operations, history);
  for (const steps of linearizations) {
    let state = automaton.initial;
    let latestCall = -Infinity;
    for (const step of steps) {
      const operation = operations[step.operation]!;
      latestCall = Math.max(latestCall, operation.call);
      expect(operation.return).toBeGreaterThanOrEqual(latestCall);
      state = automaton.step(state, step.operation);
      expect(state).toBeDefined();
      expect(step.state).toBe(automaton.describe(state));
    }
    expect(new Set(steps.map(({ operation }) => operation)).size).toBe(steps.length);
  }
  if (verdict !== 'ok') return;
  const placed = new Set(linearizations[0]!.map(({ operation }) => operation));
  expect(linearizations.length).toBe(1);
  expect(operations.every(({ outcome }, index) => outcome === 'info' || placed.has(index))).toBe(true);
}

/** The operation at which it went wrong is the first of which that is true; at one time, the first of the operations. */
function expectFirstViolation(partition: PartitionVerdict, history: History): void {
  const { operations, firstViolation } = partition;
  const time = operations[firstViolation!]!.return;
  const beginning = (isKnown: (returned: number, index: number) => boolean): Verdict => {
    const known = operations.flatMap((operation, index) => {
      if (isKnown(operation.return, index)) return [operation];
      // It follows what its process did before, unless that is not known either.
      const before = operations.findLastIndex((other, at) => at < index && other.process === operation.process);
      const follows = before !== -1 && isKnown(operations[before]!.return, before);
      const process = follows ? operation.process : 1e6 + index;
      const open = { output: null, return: Infinity, outcome: 'info' as const, process };
      return operation.call <= time ? [{ ...operation, ...open }] : [];
    });
    return check({ ...history, operations: known }).verdict;
  };
  const isBefore = (returned: number, index: number): boolean =>
    returned < time || (returned === time && index < firstViolation!);
  expect(beginning(isBefore)).toBe('ok');
  expect(beginning((returned, index) => isBefore(returned, index) || index === firstViolation)).toBe('illegal');
}

/** By clients that do one thing each: only times tell what came first. */
function apart(operations: readonly Operation[]): readonly Operation[] {
  return operations.map((operation, process) => ({ ...operation, process }));
}

it('there is a reference for every model', () => {
  expect(names.toSorted()).toEqual(Object.keys(referenceObjects).toSorted());
});

describe.each(names)('%s', (model) => {
  it('is legal where clients saw what happened', () => {
    fc.assert(
      fc.property(arbitraryHistory(model, { operationsMax: 40, anyBeginning: true }), (history) => {
        const verdict = check(history);
        expect(verdict.verdict).toBe('ok');
        for (const partition of verdict.partitions) expectLinearizations(partition, history);
      }),
      { numRuns: 500 },
    );
  });

  it('is judged as by trying every order', () => {
    const verdicts: Record<string, number> = {};
    fc.assert(
      fc.property(arbitraryHistory(model, { operationsMax: 9, lieEvery: 2, anyBeginning: true }), (history) => {
        const { verdict, partitions } = check(history);
        expect(verdict).toBe(naiveCheck(history));
        verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
        for (const partition of partitions) {
          expectLinearizations(partition, history);
          if (verdict === 'illegal') expectFirstViolation(partition, history);
        }
      }),
      { numRuns: 2000 },
    );
    // A test that has seen only one verdict has tested little.
    expect(verdicts['illegal']).toBeGreaterThan(20);
    expect(verdicts['ok']).toBeGreaterThan(100);
  });
});

it('of operations that return at one time, it is not the first that is blamed for the answer of another', () => {
  const own = { process: 0, key: null, outcome: 'ok' } as const;
  const operations = [
    { ...own, f: 'delete', input: null, output: false, call: 0, return: 2 },
    { ...own, process: 1, f: 'cas', input: [9, 10], output: true, call: 2, return: 2 },
  ];
  const { partitions } = check({ model: 'cas-register', initial: undefined, nullReadIsWildcard: false, operations });
  expect(partitions[0]).toMatchObject({ verdict: 'illegal', firstViolation: 1 });
});

describe.each(['queue', 'list', 'cas-register'])('%s of unique values', (model) => {
  it('is judged as by trying every order', () => {
    fc.assert(
      fc.property(
        arbitraryHistory(model, { operationsMax: 9, lieEvery: 8, uniqueValues: true, anyBeginning: true }),
        (history) => {
          const { verdict, partitions } = check(history);
          expect(verdict).toBe(naiveCheck(history));
          for (const partition of partitions) expectLinearizations(partition, history);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('queues of unique elements', () => {
  const limits = { stepsMax: Infinity, memoryBytesMax: Infinity, isOver: () => false };

  it.each([
    [0, false],
    [3, false],
    [10, false],
    [0, true],
    [3, true],
    [10, true],
  ])('are judged as by the search, one answer of %i a lie, some uncertain: %s', (lieEvery, uncertain) => {
    const decided: Record<string, number> = {};
    const options = { operationsMax: 20, lieEvery, uniqueValues: true, uncertain, only: ['enqueue', 'dequeue'] };
    fc.assert(
      fc.property(arbitraryHistory('queue', options), (history) => {
        // They answer lengths in other histories, which are for the search.
        const operations = history.operations
          .filter(({ outcome }) => outcome !== 'fail')
          .map((operation) => (operation.f === 'enqueue' ? { ...operation, output: null } : operation));
        const automaton = models.get('queue')!.open(operations, { initial: undefined, nullReadIsWildcard: false });
        const { verdict } = new Search(apart(operations), automaton, limits).run();
        const unique = checkUniqueQueue(operations)?.verdict;
        decided[unique ?? 'left'] = (decided[unique ?? 'left'] ?? 0) + 1;
        if (unique !== undefined || !uncertain) expect(unique).toBe(verdict);
        for (const partition of check({ ...history, operations }).partitions) expectLinearizations(partition, history);
      }),
      { numRuns: 2000 },
    );
    expect(decided['ok']).toBeGreaterThan(200);
    if (lieEvery > 0) expect(decided['illegal']).toBeGreaterThan(40);
    // What is left to the search must be the exception.
    expect(decided['left'] ?? 0).toBeLessThan(100);
  });
});

describe('registers with unique writes', () => {
  const limits = { stepsMax: Infinity, memoryBytesMax: Infinity, isOver: () => false };

  it.each([0, 3, 10])('are judged as by the search, one answer of %i a lie', (lieEvery) => {
    fc.assert(
      fc.property(arbitraryHistory('register', { operationsMax: 25, lieEvery, uniqueValues: true }), (history) => {
        const operations = history.operations.filter(({ outcome }) => outcome !== 'fail');
        const automaton = models.get('register')!.open(operations, { initial: null, nullReadIsWildcard: false });
        const { verdict } = new Search(apart(operations), automaton, limits).run();
        expect(checkUniqueWrites(operations, null)?.verdict).toBe(verdict);
        for (const partition of check(history).partitions) expectLinearizations(partition, history);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['two writes of one value', [1, 1]],
    ['a write of the initial value', [null]],
  ])('are not assumed of %s', (_, written) => {
    const operations = written.map((input, index) => {
      const outcome = 'ok' as const;
      return { process: 0, f: 'write', key: null, input, output: null, call: index, return: index, outcome };
    });
    expect(checkUniqueWrites(operations, null)).toBeUndefined();
  });
});
