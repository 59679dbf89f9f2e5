/**
 * How much is stored: at every moment, beside what must be kept, no more than three times the live data
 * (`test/support/long-run.ts` says what that means). `npm run bench -- --only journal` measures a whole day.
 */
import { expect, it } from 'vitest';
import { longRunDefaults, runLong } from '../support/long-run.ts';

const minuteMs = 60_000;

it.each([
  ['nothing is retained', 0],
  ['the past is retained', 40 * minuteMs],
])('hours of writes by nodes in turns and at once leave a bounded store behind: %s', async (_, retainMs) => {
  const { hours, worst, snapshots, writes, parts, usedParts } = await runLong({
    ...longRunDefaults,
    hours: 3,
    writesPerSecond: 2,
    keys: 1000,
    turnMs: 5 * minuteMs,
    graceMs: 10 * minuteMs,
    retainMs,
    snapshots: { recordsMax: 10_000, bytesMin: 1 << 16, ratio: 0.5, partLength: 1 << 14 },
  });
  expect(worst.bytes).toBeLessThan(3);
  expect(worst.objects).toBeLessThan(3);
  // It was a run in which there was something to collect, and the data were of one size.
  expect(writes).toBeGreaterThan(15_000);
  expect(snapshots).toBeGreaterThan(25);
  const [first, ...later] = hours.map(({ live }) => live.bytes);
  for (const bytes of later) expect(Math.abs(bytes / first! - 1)).toBeLessThan(0.05);
  // Nodes that write at once hardly ever write snapshots in vain.
  expect(usedParts.bytes / parts.bytes).toBeGreaterThan(0.95);
});
