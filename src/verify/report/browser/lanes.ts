/**
 * Which operations share a lane of the timeline. Each client does one thing at a time, so each has a lane of its own;
 * but after an operation without a known end a client goes on under another number, and a lane for every number would
 * make thousands of them. So the lane of whoever hangs is given to the next that begins: of several, the one that has hung
 * longest, which leaves the most room to be read.
 */
import type { OperationRow } from '../report-data.ts';

interface Client {
  readonly process: number;
  readonly begin: number;
  /** When its last operation was called, if that has no known end; else Infinity. */
  hungAt: number;
}

/** The processes of each lane, in the order in which they use it; the lanes in the order of their first ones. */
export function assignLanes(rows: readonly OperationRow[]): readonly (readonly number[])[] {
  const byBegin = clientsOf(rows);
  const byHang = byBegin.filter(({ hungAt }) => hungAt < Infinity).sort((left, right) => left.hungAt - right.hungAt);
  const lanes: number[][] = [];
  const laneOf = new Map<number, number[]>();
  const free: number[][] = [];
  let hung = 0;
  for (const { process, begin } of byBegin) {
    for (let next = byHang[hung]; next !== undefined && next.hungAt < begin; next = byHang[++hung]) {
      free.push(laneOf.get(next.process) ?? []);
    }
    let lane = free.shift();
    if (lane === undefined) {
      lane = [];
      lanes.push(lane);
    }
    lane.push(process);
    laneOf.set(process, lane);
  }
  return lanes.sort(([left = 0], [right = 0]) => left - right);
}

/** In the order of their first calls. */
function clientsOf(rows: readonly OperationRow[]): readonly Client[] {
  const clients = new Map<number, Client>();
  for (const [process, , , , call, returned] of [...rows].sort((left, right) => left[4] - right[4])) {
    const client = clients.get(process) ?? { process, begin: call, hungAt: Infinity };
    client.hungAt = returned === null ? call : Infinity;
    clients.set(process, client);
  }
  return [...clients.values()].sort((left, right) => left.begin - right.begin || left.process - right.process);
}
