/**
 * Where an illegal history goes wrong. What was known at some time is a history too: of what had returned by then the
 * answers count, the rest may or may not have taken place. Such beginnings are legal up to some return and illegal from
 * it on, for linearizability is closed under prefixes; so the operation that returns there is found by bisection.
 */
import type { Operation } from './history.ts';
import type { Verdict } from './verdict.ts';

/** An index into the operations. Where some beginning is too hard to judge, it may be a later one than the first. */
export function firstViolation(
  operations: readonly Operation[],
  check: (beginning: readonly Operation[]) => Verdict,
): number {
  const certain = [...operations.keys()].filter((index) => operations[index]?.outcome === 'ok');
  const returnOf = (position: number): number => (operations[certain[position] as number] as Operation).return;
  certain.sort((left, right) => (operations[left] as Operation).return - (operations[right] as Operation).return);
  // Nothing is legal; everything is not.
  let [legal, illegal] = [-1, certain.length - 1];
  while (illegal - legal > 1) {
    const middle = (legal + illegal) >>> 1;
    if (check(beginningOf(operations, returnOf(middle))) === 'illegal') illegal = middle;
    else legal = middle;
  }
  return certain[illegal] as number;
}

/** What was known of the operations right after `time`, in the same order. */
function beginningOf(operations: readonly Operation[], time: number): readonly Operation[] {
  return operations
    .filter(({ call }) => call <= time)
    .map((operation) =>
      operation.return <= time ? operation : { ...operation, output: null, return: Infinity, outcome: 'info' },
    );
}
