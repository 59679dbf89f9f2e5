/** Random small histories of a model, legal ones and others, with many of what is hard: ties, uncertain operations, lies. */
import fc from 'fast-check';
import type { History } from '../../../src/verify/history.ts';
import { referenceObjects } from './reference-objects.ts';
import { simulateHistory, type Beginning, type Plan } from './simulate-history.ts';

export interface ArbitraryOptions {
  readonly operationsMax: number;
  /** One of so many operations answers something else than the truth, 0: none. */
  readonly lieEvery?: number;
  readonly uniqueValues?: boolean;
  readonly uncertain?: boolean;
  /** It may begin with other values than the model's own, and reads that answer `null` may tell nothing. */
  readonly anyBeginning?: boolean;
  /** The operations that are drawn; left out: all. */
  readonly only?: readonly string[];
}

export function arbitraryHistory(model: string, options: ArbitraryOptions): fc.Arbitrary<History> {
  return fc
    .tuple(
      fc.array(arbitraryPlan(model, options), { minLength: 1, maxLength: options.operationsMax }),
      options.anyBeginning === true ? arbitraryBeginning(model) : fc.constant({}),
    )
    .map(([plans, beginning]) =>
      simulateHistory(model, options.uniqueValues === true ? plans.map(withUniqueValue) : plans, beginning),
    );
}

/** Wildcards are for registers: nothing else answers `null` to a read. */
function arbitraryBeginning(model: string): fc.Arbitrary<Beginning> {
  return fc.record(
    { initial: fc.constantFrom(...referenceObjects[model]!.beginnings), nullReadIsWildcard: fc.boolean() },
    { requiredKeys: [] },
  );
}

function arbitraryPlan(model: string, options: ArbitraryOptions): fc.Arbitrary<Plan> {
  const { lieEvery = 0, uncertain = true, only } = options;
  const calls = Object.entries(referenceObjects[model]!.calls).filter(([f]) => only?.includes(f) ?? true);
  const fates: readonly Plan['fate'][] = uncertain ? ['ok', 'ok', 'ok', 'ok', 'late', 'lost', 'fail'] : ['ok'];
  return fc
    .record({
      // Operations are drawn alike, however many values they have.
      call: fc.constantFrom(...calls),
      chosen: fc.nat(50),
      client: fc.nat(2),
      think: fc.nat(3),
      beforeEffect: fc.nat(2),
      afterEffect: fc.nat(2),
      fate: fc.constantFrom(...fates),
      quiet: fc.nat(4).map((drawn) => drawn === 0),
      liar: fc.nat(Math.max(0, lieEvery - 1)),
      lie: fc.nat(50),
    })
    .map(({ call: [f, inputs], chosen, liar, lie, ...plan }) => {
      const input = inputs[chosen % inputs.length]!;
      return { ...plan, key: null, f, input, lie: lieEvery > 0 && liar === 0 ? lie : 0 };
    });
}

/** Every value is written once, none is deleted. */
function withUniqueValue(plan: Plan, index: number): Plan {
  if (plan.f === 'delete') return { ...plan, f: 'read', input: null };
  return ['write', 'enqueue', 'lpush', 'rpush'].includes(plan.f) ? { ...plan, input: index } : plan;
}
