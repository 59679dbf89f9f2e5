/**
 * What is wrong with the operations of one object, for people: which operation could not be placed, and what the object
 * may have been at that point.
 */
import type { Operation } from './history.ts';
import { isArray, showJson } from './json.ts';
import type { PartitionVerdict } from './verdict.ts';

export interface Explanation {
  readonly operation: Operation;
  /** How many operations the longest partial linearization has placed, of how many that certainly happened. */
  readonly placed: number;
  readonly certain: number;
  /** After which states it cannot follow, the ones that come furthest first. */
  readonly states: readonly string[];
}

const statesMax = 5;

/** `undefined`: there is nothing to explain. */
export function explain({ operations, linearizations, firstViolation }: PartitionVerdict): Explanation | undefined {
  const operation = operations[firstViolation ?? -1];
  if (operation === undefined) return undefined;
  const without = linearizations.filter((steps) => steps.every((step) => step.operation !== firstViolation));
  const states = new Set(without.flatMap((steps) => steps.at(-1)?.state ?? []));
  return {
    operation,
    placed: Math.max(0, ...linearizations.map(({ length }) => length)),
    certain: operations.filter(({ outcome }) => outcome === 'ok').length,
    states: [...states].slice(0, statesMax),
  };
}

/** `read x → 3`, `cas x (1, 2) → false`, `append x "a"`. */
export function describeOperation({ f, key, input, output, outcome }: Operation): string {
  const argument = isArray(input)
    ? ` (${input.map(showJson).join(', ')})`
    : input === null
      ? ''
      : ` ${showJson(input)}`;
  const answer = outcome === 'ok' && (output !== null || input === null) ? ` → ${showJson(output)}` : '';
  return `${f}${key === null ? '' : ` ${key}`}${argument}${answer}`;
}
