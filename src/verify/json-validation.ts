/** What a value must be before anything is done with it: JSON, and no deeper than the recursion over it may go. */
const nestingMax = 1000;

/** What is wrong with the value, as the end of a sentence that begins with its name; `undefined`: nothing. */
export function jsonFault(value: unknown, depth = 0): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `must not be or contain ${value}`;
  if (typeof value !== 'object') return `must be JSON, and neither be nor contain ${nameOf(value)}`;
  if (depth === nestingMax) return `must not be nested more than ${nestingMax} deep`;
  for (const element of Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value)) {
    const fault = jsonFault(element, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function nameOf(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}
