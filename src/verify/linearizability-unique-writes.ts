/**
 * Registers whose writes all write different values, in near-linear time (Gibbons and Korach, "Testing shared
 * memories", 1997; Lowe uses the same structure).
 *
 * A *cluster* is a write with all reads of its value: in a linearization nothing stands between them, so clusters are
 * ordered as wholes. With `firstReturn` the earliest return in a cluster and `lastCall` the latest call in it, a cluster
 * A must precede a cluster B just where some operation of A returned before one of B was called: where
 * `A.firstReturn < B.lastCall`. If no two clusters must precede each other, there are no longer cycles either, and
 * ordering them by the smaller of the two times gives a linearization. Two do precede each other in two cases only:
 * both are *forward* (`firstReturn < lastCall`) and these spans overlap, or one is forward and the span of the
 * other, from `lastCall` to `firstReturn`, lies within its span.
 *
 * Uncertain writes: one whose value was read did happen, and returned at an unknown time; one whose value was not read is
 * left out. The initial value was written before everything else.
 */
import { canonicalJson } from './json.ts';
import type { Json, Operation } from './history.ts';

interface Cluster {
  /** Index of the write; `undefined`: the initial value. */
  readonly write: number | undefined;
  readonly reads: number[];
  firstReturn: number;
  lastCall: number;
}

export type UniqueVerdict =
  { readonly verdict: 'ok'; readonly order: readonly number[] } | { readonly verdict: 'illegal' };

/** `undefined`: it is not such a history. Operations are in order of their calls, none of them `fail`. */
export function checkUniqueWrites(operations: readonly Operation[], initial: Json): UniqueVerdict | undefined {
  const clusters = clustersOf(operations, initial);
  if (clusters === undefined) return undefined;
  for (const [index, { f, output, outcome }] of operations.entries()) {
    if (f !== 'read' || outcome !== 'ok') continue;
    const cluster = clusters.get(canonicalJson(output));
    if (cluster === undefined || !addRead(cluster, index, operations)) return { verdict: 'illegal' };
  }
  const happened = [...clusters.values()].filter(
    ({ write, reads }) => reads.length > 0 || (write !== undefined && operations[write]?.outcome === 'ok'),
  );
  if (!canBeOrdered(happened)) return { verdict: 'illegal' };
  const order = happened
    .sort(byPosition)
    .flatMap(({ write, reads }) => [...(write === undefined ? [] : [write]), ...reads]);
  return { verdict: 'ok', order };
}

/** `undefined`: there is something else than reads and writes, or two writes of one value. */
function clustersOf(operations: readonly Operation[], initial: Json): Map<string, Cluster> | undefined {
  const initialCluster = { write: undefined, reads: [], firstReturn: -Infinity, lastCall: -Infinity };
  const clusters = new Map<string, Cluster>([[canonicalJson(initial), initialCluster]]);
  for (const [index, operation] of operations.entries()) {
    if (operation.f === 'read') continue;
    const value = canonicalJson(operation.input);
    if (operation.f !== 'write' || clusters.has(value)) return undefined;
    clusters.set(value, { write: index, reads: [], firstReturn: operation.return, lastCall: operation.call });
  }
  return clusters;
}

/** `false`: the read returned before its value was written. */
function addRead(cluster: Cluster, read: number, operations: readonly Operation[]): boolean {
  const { call, return: returned } = operations[read] as Operation;
  if (cluster.write !== undefined && returned < (operations[cluster.write] as Operation).call) return false;
  cluster.reads.push(read);
  cluster.firstReturn = Math.min(cluster.firstReturn, returned);
  cluster.lastCall = Math.max(cluster.lastCall, call);
  return true;
}

function isForward({ firstReturn, lastCall }: Cluster): boolean {
  return firstReturn < lastCall;
}

function canBeOrdered(clusters: readonly Cluster[]): boolean {
  const forward = clusters.filter(isForward).sort((left, right) => left.firstReturn - right.firstReturn);
  for (let index = 1; index < forward.length; index++) {
    if ((forward[index] as Cluster).firstReturn < (forward[index - 1] as Cluster).lastCall) return false;
  }
  return clusters.every((cluster) => {
    if (isForward(cluster)) return true;
    // Forward spans do not overlap by now: only the last that begins before this one can contain it.
    const before = lastBeginningBefore(forward, cluster.lastCall);
    return before === undefined || cluster.firstReturn >= before.lastCall;
  });
}

function lastBeginningBefore(forward: readonly Cluster[], time: number): Cluster | undefined {
  let [low, high] = [0, forward.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((forward[middle] as Cluster).firstReturn < time) low = middle + 1;
    else high = middle;
  }
  return forward[low - 1];
}

/** Where a forward and a backward cluster begin at one time, the backward one is first: nothing forbids it. */
function byPosition(left: Cluster, right: Cluster): number {
  const [leftAt, rightAt] = [left, right].map(({ firstReturn, lastCall }) => Math.min(firstReturn, lastCall)) as [
    number,
    number,
  ];
  if (leftAt !== rightAt) return leftAt < rightAt ? -1 : 1;
  return Number(isForward(left)) - Number(isForward(right));
}
