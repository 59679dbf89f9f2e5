/**
 * Uncertain writes of values that no answer shows differ in nothing that anybody can know. Writing one value, they become
 * interchangeable, and the search tries one where it would try all of them, and their orders.
 */
import type { Json, Operation } from '../history.ts';
import { canonicalJson } from '../json.ts';

/** The same operations in the same order; those to which `isUnseen` says yes write `placeholder(input)`. */
export function replaceUnseen(
  operations: readonly Operation[],
  isUnseen: (operation: Operation) => boolean,
  placeholder: (input: Json) => Json,
): readonly Operation[] {
  return operations.map((operation) =>
    operation.outcome === 'info' && isUnseen(operation)
      ? { ...operation, input: placeholder(operation.input) }
      : operation,
  );
}

/** A string of question marks that is none of these values. */
export function otherThan(values: Iterable<Json>): string {
  const taken = new Set([...values].map(canonicalJson));
  let other = '?';
  while (taken.has(canonicalJson(other))) other += '?';
  return other;
}
