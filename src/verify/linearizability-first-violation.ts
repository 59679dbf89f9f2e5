/**
 * Where an illegal history goes wrong. What was known right after some return is a history too: of what had returned by
 * then the answers count, the rest may or may not have taken place. Such beginnings are legal up to some return and
 * illegal from it on, for linearizability is closed under prefixes; so the operation that returns there is found by
 * bisection.
 *
 * Returns at one time are taken one after the other, in the order of the operations: else the first of them would be
 * blamed for whatever another one answered.
 */
import type { Operation } from './history.ts';
import type { Verdict } from './verdict.ts';

/** An index into the operations. Where some beginning is too hard to judge, it may be a later one than the first. */
export function firstViolation(
  operations: readonly Operation[],
  check: (beginning: readonly Operation[]) => Verdict,
): number {
  const returned = certainByReturn(operations);
  // Nothing is legal; everything is not.
  let [legal, illegal] = [-1, returned.length - 1];
  while (illegal - legal > 1) {
    const middle = (legal + illegal) >>> 1;
    if (check(beginningOf(operations, returned.slice(0, middle + 1))) === 'illegal') illegal = middle;
    else legal = middle;
  }
  return returned[illegal] as number;
}

/** The indexes of the operations that have answered, as they did one after the other. */
function certainByReturn(operations: readonly Operation[]): readonly number[] {
  const returnOf = (index: number): number => (operations[index] as Operation).return;
  return [...operations.keys()]
    .filter((index) => operations[index]?.outcome === 'ok')
    .sort((left, right) => returnOf(left) - returnOf(right) || left - right);
}

/** What was known of the operations right after the last of these had returned, in the same order. */
function beginningOf(operations: readonly Operation[], returned: readonly number[]): readonly Operation[] {
  const known = new Set(returned);
  const time = (operations[returned.at(-1) as number] as Operation).return;
  return operations.flatMap((operation, index): readonly Operation[] => {
    if (known.has(index)) return [operation];
    return operation.call <= time ? [{ ...operation, output: null, return: Infinity, outcome: 'info' }] : [];
  });
}
