/**
 * In a queue, what is enqueued first is dequeued first. So of two elements of which one was certainly dequeued before the
 * other, that one was enqueued before the other; without this, the search would find out only when they are dequeued
 * that it had enqueued them in the wrong order, long after.
 */
import type { Operation } from '../history.ts';
import { canonicalJson } from '../json.ts';

/** For histories in which every element is enqueued once; `undefined`: it is not such a history. */
export function queueOrder(operations: readonly Operation[]): ((first: number, second: number) => boolean) | undefined {
  const taken = new Map<string, Operation>();
  const enqueued = new Set<string>();
  for (const operation of operations) {
    const { f, input, output, outcome } = operation;
    if (f === 'enqueue') {
      const element = canonicalJson(input);
      if (enqueued.has(element)) return undefined;
      enqueued.add(element);
    } else if (f === 'dequeue' && outcome === 'ok' && output !== null) {
      taken.set(canonicalJson(output), operation);
    }
  }
  // An element that nobody got may have gone to a dequeue of which nobody knows.
  const allKnown = operations.every(({ f, outcome }) => f !== 'dequeue' || outcome === 'ok');
  const takers = operations.map(({ f, input }) => (f === 'enqueue' ? taken.get(canonicalJson(input)) : undefined));
  return (first, second) => {
    const taker = takers[first];
    if (taker === undefined || operations[second]?.f !== 'enqueue') return false;
    const other = takers[second];
    return other === undefined ? allKnown : taker.return < other.call;
  };
}
