/** Random small histories of a model, legal ones and others, with many of what is hard: ties, uncertain operations, lies. */
import fc from 'fast-check';
import type { History } from '../../../src/verify/history.ts';
import { referenceObjects } from './reference-objects.ts';
import { simulateHistory, type Plan } from './simulate-history.ts';

export interface ArbitraryOptions {
  readonly operationsMax: number;
  /** One of so many operations answers something else than the truth, 0: none. */
  readonly lieEvery?: number;
  readonly uniqueValues?: boolean;
  readonly uncertain?: boolean;
}

export function arbitraryHistory(model: string, options: ArbitraryOptions): fc.Arbitrary<History> {
  return fc
    .array(arbitraryPlan(model, options), { minLength: 1, maxLength: options.operationsMax })
    .map((plans) => simulateHistory(model, options.uniqueValues === true ? plans.map(withUniqueValue) : plans));
}

function arbitraryPlan(model: string, { lieEvery = 0, uncertain = true }: ArbitraryOptions): fc.Arbitrary<Plan> {
  const { calls } = referenceObjects[model]!;
  const call = fc.constantFrom(
    ...Object.entries(calls).flatMap(([f, inputs]) => inputs.map((input) => ({ f, input }))),
  );
  const fates: readonly Plan['fate'][] = uncertain ? ['ok', 'ok', 'ok', 'ok', 'late', 'lost', 'fail'] : ['ok'];
  return fc
    .record({
      call,
      client: fc.nat(2),
      think: fc.nat(3),
      beforeEffect: fc.nat(2),
      afterEffect: fc.nat(2),
      fate: fc.constantFrom(...fates),
      quiet: fc.nat(4).map((drawn) => drawn === 0),
      liar: fc.nat(Math.max(0, lieEvery - 1)),
      lie: fc.nat(50),
    })
    .map(({ call: { f, input }, liar, lie, ...plan }) => {
      return { ...plan, key: null, f, input, lie: lieEvery > 0 && liar === 0 ? lie : 0 };
    });
}

/** Every value is written once, none is deleted. */
function withUniqueValue(plan: Plan, index: number): Plan {
  if (plan.f === 'delete') return { ...plan, f: 'read', input: null };
  return ['write', 'enqueue', 'lpush', 'rpush'].includes(plan.f) ? { ...plan, input: index } : plan;
}
