/** The checker of list-append against one that tries all orders, on thousands of small histories, most with faults. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History } from '../../src/verify/history.ts';
import { checkListAppend } from '../../src/verify/list-append/check.ts';
import { kindOf } from '../../src/verify/list-append/cycle-kinds.ts';
import type { TransactionsVerdict } from '../../src/verify/verdict.ts';
import { arbitraryPlans, runPlans } from './support/arbitrary-list-append.ts';
import { isSerializable } from './support/naive-list-append.ts';

const small = { transactionsMax: 6, keys: 2, callMax: 14 };
/** Names of cycles without those of time. */
const isOfTime = (name: string): boolean => /-(process|realtime)$|^stale-read$|^lost-append$/.test(name);

function truthOf(history: History): { readonly strict: boolean; readonly serializable: boolean } {
  return { strict: isSerializable(history, true), serializable: isSerializable(history, false) };
}

/** What must be true of a verdict by itself. */
function expectSound({ verdict, serializable, anomalies }: TransactionsVerdict): void {
  expect(verdict === 'illegal').toBe(anomalies.length > 0);
  expect(serializable === 'illegal').toBe(anomalies.some(({ name }) => !isOfTime(name)));
  for (const { name, description, transactions, cycle } of anomalies) {
    expect(description).toMatch(/\.$/);
    expect(new Set(transactions).size).toBe(transactions.length);
    for (const [at, edge] of cycle.entries()) {
      expect(edge.to).toBe((cycle[at + 1] ?? cycle[0])?.from);
      expect(transactions).toContain(edge.from);
      expect(edge.reason).toMatch(/^T\d+ .*\.$/);
    }
    if (name.startsWith('G') && cycle.length > 0) expect(kindOf(cycle.map(({ kind }) => kind)).name).toBe(name);
  }
}

describe('checkListAppend on random histories', () => {
  it('gives both verdicts exactly where values are unique', () => {
    const seen = { strict: 0, serializable: 0, neither: 0 };
    fc.assert(
      fc.property(arbitraryPlans(small), (plans) => {
        const history = runPlans(plans, true);
        const truth = truthOf(history);
        const verdict = checkListAppend(history);
        expect(verdict.verdict).toBe(truth.strict ? 'ok' : 'illegal');
        expect(verdict.serializable).toBe(truth.serializable ? 'ok' : 'illegal');
        expectSound(verdict);
        seen[truth.strict ? 'strict' : truth.serializable ? 'serializable' : 'neither']++;
      }),
      { numRuns: 6000 },
    );
    // The test says something only if it has met enough of each.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
  });

  it('raises no false alarm where values are not unique, and says so where it does not know', () => {
    let decided = 0;
    fc.assert(
      fc.property(arbitraryPlans(small), (plans) => {
        const history = runPlans(plans, false);
        const truth = truthOf(history);
        const verdict = checkListAppend(history);
        if (verdict.verdict !== 'unknown') expect(verdict.verdict).toBe(truth.strict ? 'ok' : 'illegal');
        if (verdict.serializable !== 'unknown')
          expect(verdict.serializable).toBe(truth.serializable ? 'ok' : 'illegal');
        if (verdict.verdict === 'unknown') expect(verdict.notes?.join()).toContain('is not decided');
        else decided++;
        expectSound(verdict);
      }),
      { numRuns: 3000 },
    );
    expect(decided).toBeGreaterThan(500);
  });

  it('is exact where lists are read at random', () => {
    const lists = fc.constantFrom([], [1], [2], [1, 2], [2, 1], [1, 2, 3], [2, 3], [1, 3]);
    const step = fc.record({ f: fc.constantFrom('append', 'r', 'r'), key: fc.constantFrom('x', 'y'), list: lists });
    const transaction = fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 3 }),
      call: fc.nat(6),
      lasts: fc.nat(6),
      isInfo: fc.nat(5).map((n) => n === 0),
    });
    let serializable = 0;
    fc.assert(
      fc.property(fc.array(transaction, { minLength: 2, maxLength: 5 }), (transactions) => {
        const history = randomReads(transactions);
        const truth = truthOf(history);
        const verdict = checkListAppend(history);
        expect(verdict.verdict).toBe(truth.strict ? 'ok' : 'illegal');
        expect(verdict.serializable).toBe(truth.serializable ? 'ok' : 'illegal');
        expectSound(verdict);
        if (truth.serializable) serializable++;
      }),
      { numRuns: 3000 },
    );
    expect(serializable).toBeGreaterThan(100);
  });
});

interface RandomTransaction {
  readonly steps: readonly { readonly f: string; readonly key: string; readonly list: readonly number[] }[];
  readonly call: number;
  readonly lasts: number;
  readonly isInfo: boolean;
}

function randomReads(transactions: readonly RandomTransaction[]): History {
  const appended = new Map<string, number>();
  const operations = transactions.map(({ steps, call, lasts, isInfo }, process) => {
    const output = steps.map(({ f, key, list }) => {
      if (f === 'r') return [f, key, list] as const;
      appended.set(key, (appended.get(key) ?? 0) + 1);
      return [f, key, appended.get(key) ?? 0] as const;
    });
    const input = output.map(([f, key, value]) => [f, key, f === 'r' ? null : value] as const);
    const times = { call, return: isInfo ? Infinity : call + lasts };
    const outcome = isInfo ? ('info' as const) : ('ok' as const);
    return { process, f: 'txn', key: null, input, output: isInfo ? null : output, ...times, outcome };
  });
  operations.sort((left, right) => left.call - right.call);
  return { model: undefined, initial: undefined, nullReadIsWildcard: false, operations };
}
