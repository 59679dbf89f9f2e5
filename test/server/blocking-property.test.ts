/**
 * Producers and blocked consumers on several nodes of one store, in virtual time, with writers that conflict: whatever
 * happens, every element comes to exactly one consumer.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isError, type Reply } from '../../src/resp/reply.ts';
import { BlockingCluster } from '../support/blocking-cluster.ts';

describe('blocked consumers', () => {
  it('get every element exactly once, whatever nodes they and the producers are on', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('plain' as const, 'journal' as const),
        async (seed, nodeCount, producerCount, consumerCount, layout) => {
          const cluster = await BlockingCluster.start(seed, nodeCount, layout);
          const total = producerCount * 10;
          const got: Reply[] = [];
          for (let i = 0; i < consumerCount; i++) {
            const client = cluster.connect(i % nodeCount);
            const command = ['BLPOP list 0', 'BRPOP other list 0.3', 'BLMPOP 0 1 list RIGHT COUNT 2'][i % 3] as string;
            const again = (): void => {
              client.send(command, (reply) => {
                if (Array.isArray(reply)) got.push(...(reply as Reply[]).slice(1).flat());
                again();
              });
            };
            again();
          }
          for (let i = 0; i < producerCount; i++) {
            const client = cluster.connect(i % nodeCount);
            const push = (n: number): void => {
              if (n < 10)
                client.send(`${n % 2 === 0 ? 'R' : 'L'}PUSH list ${i}-${n}`, () => {
                  push(n + 1);
                });
            };
            push(0);
          }
          await cluster.until(() => got.length >= total);
          await cluster.pass(2000);
          expect(got).toHaveLength(total);
          expect(new Set(got).size).toBe(total);
          await cluster.end();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('get no element twice, and lose none without a word, while the store fails', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.constantFrom('plain' as const, 'journal' as const),
        async (seed, layout) => {
          const cluster = await BlockingCluster.start(seed, 2, layout);
          cluster.setFaults({ refused: 0.1, lostRequest: 0.1, lostResponse: 0.1, stall: 0.05, slow: 0.1 });
          const got: Reply[] = [];
          const pushed: string[] = [];
          const tried = new Set<string>();
          let uncertainPops = 0;
          for (let i = 0; i < 6; i++) {
            const client = cluster.connect(i % 2);
            const again = (): void => {
              client.send(i % 3 === 0 ? 'BLPOP list 1' : 'BLPOP list 0', (reply) => {
                if (Array.isArray(reply)) got.push((reply as Reply[])[1] as Reply);
                else if (isError(reply) && reply.text.startsWith('UNCERTAIN')) uncertainPops++;
                again();
              });
            };
            again();
          }
          let producersLeft = 2;
          for (let i = 0; i < 2; i++) {
            const client = cluster.connect(i);
            const push = (n: number): void => {
              if (n === 20) {
                producersLeft--;
                return;
              }
              tried.add(`${i}-${n}`);
              client.send(`RPUSH list ${i}-${n}`, (reply) => {
                if (!isError(reply)) pushed.push(`${i}-${n}`);
                push(n + 1);
              });
            };
            push(0);
          }
          await cluster.until(() => producersLeft === 0, 600_000);
          cluster.setFaults({});
          await cluster.pass(30_000);
          expect(new Set(got).size).toBe(got.length);
          expect(got.filter((element) => !tried.has(element as string))).toEqual([]);
          // Nothing is left in the list while clients wait for it.
          expect(pushed.filter((element) => !got.includes(element)).length).toBeLessThanOrEqual(uncertainPops);
          await cluster.end();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of one node are served in the order of waiting', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.boolean(), async (seed, fromAnotherNode) => {
        const cluster = await BlockingCluster.start(seed, 2, 'journal');
        const got: (readonly [consumer: number, element: Reply])[] = [];
        for (let i = 0; i < 8; i++) {
          cluster.connect(0).send('BLPOP list 0', (reply) => got.push([i, (reply as Reply[])[1] as Reply]));
          await cluster.until(() => cluster.blockedCount(0) === i + 1);
        }
        const producer = cluster.connect(fromAnotherNode ? 1 : 0);
        // Another writer, so that there are conflicts.
        const rival = cluster.connect(1);
        for (let i = 0; i < 8; i++) {
          producer.send(`RPUSH list ${i}`);
          rival.send('INCR counter');
        }
        await cluster.until(() => got.length === 8);
        // Replies travel for different times.
        expect(got.sort(([a], [b]) => a - b)).toEqual(Array.from({ length: 8 }, (_, i) => [i, String(i)]));
        await cluster.end();
      }),
      {
        numRuns: 40,
      },
    );
  });

  it('of one node get elements in the order in which several nodes push them', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (seed) => {
        const cluster = await BlockingCluster.start(seed, 2, 'journal');
        const got: Reply[] = [];
        for (let i = 0; i < 8; i++) {
          cluster.connect(0).send('BLPOP list 0', (reply) => (got[i] = (reply as Reply[])[1] as Reply));
          await cluster.until(() => cluster.blockedCount(0) === i + 1);
        }
        const producers = [0, 1].map((node) => cluster.connect(node));
        for (let i = 0; i < 4; i++) {
          for (const [node, producer] of producers.entries())
            for (const words of ['MULTI', `RPUSH pushed ${node}-${i}`, `RPUSH list ${node}-${i}`, 'EXEC'])
              producer.send(words);
        }
        await cluster.until(() => Object.keys(got).length === 8);
        let pushed: Reply | undefined;
        cluster.connect(0).send('LRANGE pushed 0 -1', (reply) => (pushed = reply));
        await cluster.until(() => pushed !== undefined);
        expect(got).toEqual(pushed);
        await cluster.end();
      }),
      { numRuns: 40 },
    );
  });

  it(
    'are not forgotten behind one that holds them up and then takes something else',
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (seed) => {
          const cluster = await BlockingCluster.start(seed, 2, 'journal');
          const got: Reply[] = [];
          for (const [i, keys] of ['k1 k2', 'k2'].entries()) {
            cluster.connect(0).send(`BLPOP ${keys} 0`, (reply) => got.push(reply));
            await cluster.until(() => cluster.blockedCount(0) === i + 1);
          }
          cluster.connect(0).send('RPUSH k1 here');
          const rival = cluster.connect(1);
          for (const command of ['MULTI', 'RPUSH k1 there', 'RPUSH k2 there', 'EXEC']) rival.send(command);
          await cluster.until(() => got.length === 2);
          expect(got).toContainEqual(['k2', 'there']);
          await cluster.end();
        }),
        { numRuns: 40 },
      );
    },
  );
});
