/**
 * What is wrong with the operations of one object, for people: which operation could not be placed, and what the object
 * may have been at that point.
 */
import type { Operation } from './history.ts';
import { isArray, showJson } from './json.ts';
import type { PartitionVerdict } from './verdict.ts';
import { showKey, visible } from './visible-text.ts';

export interface Explanation {
  readonly operation: Operation;
  /** How many operations the longest partial linearization that was found has placed; there may be longer ones. */
  readonly placed: number;
  /** Of how many: all that may have happened, so with those that are uncertain, which may have places too. */
  readonly operations: number;
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
    operations: operations.length,
    states: [...states].slice(0, statesMax),
  };
}

/** `read x → 3`, `cas x (1, 2) → false`, `append x "a"`: one line, whatever its names and values contain. */
export function describeOperation({ f, key, input, output, outcome }: Operation): string {
  const argument = isArray(input)
    ? ` (${input.map(showJson).join(', ')})`
    : input === null
      ? ''
      : ` ${showJson(input)}`;
  const answer = outcome === 'ok' && (output !== null || input === null) ? ` → ${showJson(output)}` : '';
  return visible(`${f}${key === null ? '' : ` ${showKey(key)}`}${argument}${answer}`);
}
