/**
 * Random histories of list-append: transactions that really ran one after the other on a small database, which now and
 * then breaks its promises in one of the ways of `faults`.
 */
import fc from 'fast-check';
import type { History, Json, MicroOperation, Operation, Outcome } from '../../../src/verify/history.ts';

/**
 * `stale`: it reads what was there some transactions ago. `lost`: what it appends is not kept. `zombie`: what it appends
 * is kept though it fails. `torn`: only its first append is kept. `early`: it returns before it takes place. The
 * others: what it reads is changed on its way to the client.
 */
const faults = ['none', 'stale', 'lost', 'zombie', 'torn', 'early', 'cut', 'swap', 'double', 'garble'] as const;
type Fault = (typeof faults)[number];

export interface Plan {
  readonly steps: readonly { readonly isAppend: boolean; readonly key: number }[];
  readonly call: number;
  readonly commitAfter: number;
  readonly returnAfter: number;
  readonly outcome: Outcome;
  readonly happens: boolean;
  readonly fault: Fault;
  readonly staleness: number;
  readonly value: number;
}

export interface PlanShape {
  readonly transactionsMax: number;
  readonly keys: number;
  readonly callMax: number;
}

export function arbitraryPlans({ transactionsMax, keys, callMax }: PlanShape): fc.Arbitrary<readonly Plan[]> {
  const step = fc.record({ isAppend: fc.boolean(), key: fc.nat(keys - 1) });
  const plan: fc.Arbitrary<Plan> = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    call: fc.nat(callMax),
    commitAfter: fc.nat(4),
    returnAfter: fc.nat(4),
    outcome: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Outcome>('ok') },
      { weight: 1, arbitrary: fc.constant<Outcome>('fail') },
      { weight: 2, arbitrary: fc.constant<Outcome>('info') },
    ),
    happens: fc.boolean(),
    fault: fc.oneof(
      { weight: 30, arbitrary: fc.constant<Fault>('none') },
      { weight: 12, arbitrary: fc.constantFrom<Fault>('stale', 'early') },
      { weight: 4, arbitrary: fc.constantFrom(...faults) },
    ),
    staleness: fc.integer({ min: 1, max: 3 }),
    value: fc.integer({ min: 1, max: 3 }),
  });
  return fc.array(plan, { minLength: 1, maxLength: transactionsMax });
}

type State = ReadonlyMap<string, readonly Json[]>;

/** `valuesAreUnique`: otherwise each transaction appends the value of its plan, whatever others append. */
export function runPlans(plans: readonly Plan[], valuesAreUnique: boolean): History {
  const states: State[] = [new Map()];
  const next = new Map<string, number>();
  const operations = plans
    .slice()
    .sort((left, right) => left.call + left.commitAfter - (right.call + right.commitAfter))
    .map((plan) => {
      const current = states.at(-1) as State;
      const found = plan.fault === 'stale' ? (states.at(-1 - plan.staleness) ?? states[0]) : current;
      const seen = new Map(found);
      const kept = new Map(current);
      const happens = plan.outcome === 'ok' || (plan.outcome === 'info' && plan.happens) || plan.fault === 'zombie';
      let keptAppends = 0;
      const steps = plan.steps.map(({ isAppend, key: number }): MicroOperation => {
        const key = 'xyz'[number] as string;
        if (!isAppend) return ['r', key, seen.get(key) ?? []];
        const value = valuesAreUnique ? (next.get(key) ?? 0) + 1 : plan.value;
        next.set(key, value);
        seen.set(key, [...(seen.get(key) ?? []), value]);
        const isKept = happens && plan.fault !== 'lost' && (plan.fault !== 'torn' || keptAppends++ === 0);
        if (isKept) kept.set(key, [...(kept.get(key) ?? []), value]);
        return ['append', key, value];
      });
      states.push(kept);
      return { plan, steps: steps.map((step) => garbled(step, plan.fault)) };
    });
  return historyOf(operations);
}

function garbled(step: MicroOperation, fault: Fault): MicroOperation {
  const [f, key, list] = step;
  if (f !== 'r' || list === null) return step;
  if (fault === 'cut') return [f, key, list.slice(0, -1)];
  if (fault === 'swap') return [f, key, [...list.slice(0, -2), ...list.slice(-2).reverse()]];
  if (fault === 'double') return [f, key, [...list, ...list.slice(-1)]];
  if (fault === 'garble') return [f, key, [...list, 99]];
  return step;
}

interface Executed {
  readonly plan: Plan;
  readonly steps: readonly MicroOperation[];
}

/** As few processes as can do it, so that they do much one after the other. */
function historyOf(executed: readonly Executed[]): History {
  const busyUntil: number[] = [];
  const operations = executed
    .slice()
    .sort((left, right) => left.plan.call - right.plan.call)
    .map(({ plan, steps }): Operation => {
      const { call, outcome, fault } = plan;
      const end = fault === 'early' ? call : call + plan.commitAfter + plan.returnAfter;
      const returned = outcome === 'info' ? Infinity : end;
      const free = busyUntil.findIndex((until) => until <= call);
      const process = free === -1 ? busyUntil.length : free;
      busyUntil[process] = returned;
      const input = steps.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
      const output = outcome === 'ok' ? (steps as Json) : null;
      return { process, f: 'txn', key: null, input: input, output, call, return: returned, outcome };
    });
  return { model: 'list-append', initial: undefined, nullReadIsWildcard: false, operations };
}
