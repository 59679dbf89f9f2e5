/** What is fetched ahead: in order, and never more than is allowed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fetchAhead } from '../../src/log/journal/fetch-ahead.ts';

it('gives everything in order, with no more under way than may be', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 50 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 100 }),
      fc.scheduler(),
      async (weights, count, bytes, scheduler) => {
        let underWay: number[] = [];
        const results = fetchAhead(weights.entries(), {
          weigh: ([, weight]) => weight,
          countMax: () => count,
          bytesMax: bytes,
          fetch: ([index, weight]) => {
            underWay.push(weight);
            const sum = underWay.reduce((all, next) => all + next, 0);
            expect(underWay.length).toBeLessThanOrEqual(count);
            if (underWay.length > 1) expect(sum).toBeLessThanOrEqual(bytes);
            return scheduler.schedule(Promise.resolve(index));
          },
        });
        const taken: number[] = [];
        await scheduler.waitFor(
          (async () => {
            for await (const index of results) {
              taken.push(index);
              underWay = underWay.slice(1);
            }
          })(),
        );
        expect(taken).toEqual(weights.map((_, index) => index));
      },
    ),
    { numRuns: 300 },
  );
});
