/**
 * Clients that block on this node and on a real server, while others do the same to their keys: who is served with
 * what, in which step, must be the same.
 */
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { arbitraryBlockingSteps, type BlockingStep } from '../support/arbitrary-blocking-step.ts';
import { BlockingClients } from '../support/blocking-clients.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

/**
 * Redis 7.0 serves those by the key that has become ready, Valkey by the first that has something when all of a
 * transaction is done (test/server/blocking.test.ts).
 */
function waitsForSeveral(step: BlockingStep): boolean {
  if (step.kind !== 'block') return false;
  const { command } = step;
  const name = command[0] ?? '';
  if (/^B[LZ]MPOP$/.test(name)) return command[2] !== '1';
  return /^B([LR]POP|ZPOP)/.test(name) && name !== 'BRPOPLPUSH' && command.length > 3;
}

describe.skipIf(!hasReferenceServer)('blocked clients are served as by a real server', () => {
  let node: RunningNode;
  let reference: ReferenceServer;
  beforeAll(async () => {
    [node, reference] = await Promise.all([startTestNode({ layout: 'journal' }), startReferenceServer()]);
  });
  afterAll(() => Promise.all([node.drain(), reference.stop()]));

  async function rest(): Promise<void> {
    while (node.server.engine.waitingTaskCount > 0) await turn();
  }

  it('whoever waits for what, whatever happens to the keys', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryBlockingSteps, async (arbitrary) => {
        const steps = arbitrary.filter((step) => reference.name === 'valkey' || !waitsForSeveral(step));
        const [ours, theirs] = await Promise.all([
          BlockingClients.connect(node.port, rest),
          BlockingClients.connect(reference.port),
        ]);
        try {
          for (const [index, step] of steps.entries()) {
            const [our, their] = await Promise.all([ours.take(step), theirs.take(step)]);
            expect(our, `step ${index}: ${JSON.stringify(step)}`).toEqual(their);
          }
        } finally {
          await Promise.all([ours.close(), theirs.close()]);
        }
      }),
      { numRuns: runs, timeout: 20_000 },
    );
    expect(node.server.waiting.count).toBe(0);
  });
});
