/**
 * Without any model: each element that was pushed to a list is in the end in one of the lists or has gone to one client,
 * and to no second one. Only as many can be missing as pops are uncertain.
 */
import type { Json, Operation } from '../verify/history.ts';
import { isArray } from '../verify/json.ts';

/** What is wrong, in words. */
export function faultsOfElements(operations: readonly Operation[]): readonly string[] {
  const keys = new Set(operations.filter(({ key }) => key?.startsWith('q') === true).map(({ key }) => key));
  return [...keys].flatMap((key) =>
    faultsOfLists(
      String(key),
      operations.filter((operation) => operation.key === key),
    ),
  );
}

function faultsOfLists(key: string, operations: readonly Operation[]): readonly string[] {
  const certain = operations.filter(({ outcome }) => outcome === 'ok');
  const popped = certain.filter(({ f }) => f.endsWith('pop')).flatMap(({ output }) => elementOf(output));
  // In the end all nodes say the same.
  const left = ['a', 'b'].flatMap((list) => {
    const reads = certain.filter(({ f, input }) => f === 'lrange' && input === list);
    return (reads.at(-1)?.output ?? []) as readonly string[];
  });
  const found = new Set([...popped, ...left]);
  const pushed = certain.filter(({ f }) => f.endsWith('push')).flatMap(elementsPushedBy);
  const missing = pushed.filter((element) => !found.has(element));
  const uncertain = operations.filter(({ f, outcome }) => outcome === 'info' && f.endsWith('pop')).length;
  const faults: string[] = [];
  if (found.size < popped.length + left.length) {
    const twice = [...popped, ...left].find((element, at, all) => all.indexOf(element) !== at);
    faults.push(`an element of ${key} has gone to two clients, or to one and stayed: ${String(twice)}`);
  }
  if (missing.length > uncertain)
    faults.push(`elements of ${key} are lost: ${missing.join(', ')}, with ${uncertain} uncertain pops`);
  return faults;
}

function elementsPushedBy({ input }: Operation): readonly string[] {
  return (input as readonly [string, readonly string[]])[1];
}

/** Of a pop of one list, or of one that says which list it was. */
function elementOf(output: Json): readonly string[] {
  if (output === null) return [];
  return [(isArray(output) ? output[1] : output) as string];
}
