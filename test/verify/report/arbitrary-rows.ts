/** Histories of clients that each do one thing at a time, under a new number after what has no known end, as rows of a report, for property tests. */
import fc from 'fast-check';
import type { OperationRow } from '../../../src/verify/report/report-data.ts';
import type { SceneItem } from '../../../src/verify/report/browser/scene.ts';

export const arbitraryRows: fc.Arbitrary<readonly OperationRow[]> = fc
  .array(
    fc.record({
      process: fc.nat(4),
      pause: fc.nat(20),
      duration: fc.nat(20),
      isOpen: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    const busyUntil = new Map<number, number>();
    const numbers = new Map<number, number>();
    const rows: OperationRow[] = [];
    for (const { process: client, pause, duration, isOpen } of steps) {
      const call = (busyUntil.get(client) ?? 0) + pause;
      const returned = call + duration;
      const process = numbers.get(client) ?? client;
      busyUntil.set(client, returned);
      if (isOpen) numbers.set(client, process + 5);
      rows.push([process, 'read', null, '1', call, isOpen ? null : returned, isOpen ? 'info' : 'ok']);
    }
    return rows.sort((left, right) => left[4] - right[4]);
  });

export function itemsOf(rows: readonly OperationRow[]): readonly SceneItem[] {
  return rows.map((row, id) => ({ id, row, label: `operation ${id}` }));
}
