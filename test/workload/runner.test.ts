/** What a run tells while it is under way. */
import { expect, it } from 'vitest';
import { startTestNode } from '../support/test-node.ts';
import { TestWorkload } from '../support/test-workload.ts';

it('tells how far an iteration has come, and what it is about', async () => {
  const node = await startTestNode();
  const address = `127.0.0.1:${node.port}`;
  const workload: TestWorkload = new TestWorkload([address], {
    clients: 1,
    // Nobody waits for what others do.
    types: ['string'],
    // An iteration that nobody waits for the end of.
    operations: 100_000,
    isOver: () => workload.progress.length >= 3,
  });
  const { operations } = await workload.iterate();
  const { progress } = workload;
  expect(progress.map(({ doing }) => doing.kind)).toEqual(['asking', 'asking', 'asking', 'reading', 'judging']);
  expect(progress.map((made) => made.operations)).toEqual(
    progress.map((made) => made.operations).toSorted((a, b) => a - b),
  );
  expect(progress.slice(0, 3).map(({ operations: count }) => count > 0 && count <= operations)).not.toContain(false);
  expect(progress[0]?.doing).toEqual({ kind: 'asking', planned: expect.closeTo(75_000, -5) as number });
  expect(progress[3]?.doing).toEqual({ kind: 'reading', server: address });
  expect(progress.at(-1)?.operations).toBe(operations);
  await node.drain();
});
