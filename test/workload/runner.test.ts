/** What a run tells while it is under way. */
import { expect, it } from 'vitest';
import { connect } from 'node:net';
import { systemEnvironment } from '../../src/environment/system.ts';
import { Connection } from '../../src/workload/connection.ts';
import { WorkloadRunner, type Progress } from '../../src/workload/runner.ts';
import { startTestNode } from '../support/test-node.ts';

it('how far an iteration has come, while it goes on', async () => {
  const node = await startTestNode();
  const environment = systemEnvironment();
  const seen: Progress[] = [];
  const runner = new WorkloadRunner({
    environment,
    seed: 7,
    servers: ['the node'],
    clients: 1,
    operations: 100_000,
    keys: 1,
    connect: () =>
      Promise.resolve(new Connection(connect({ port: node.port, host: '127.0.0.1' }), environment, 'the node')),
    diagnose: () => Promise.reject(new Error('it is there')),
    // An iteration that nobody waits for the end of.
    isOver: () => seen.length === 3,
    onProgress: (progress) => seen.push(progress),
  });
  const { operations } = await runner.iterate();
  expect(seen.map(({ iteration }) => iteration)).toEqual([0, 0, 0]);
  expect(seen.map((progress) => progress.operations)).toEqual(
    [...new Set(seen.map((progress) => progress.operations))].sort((a, b) => a - b),
  );
  for (const { planned } of seen) expect(planned).toBeGreaterThan(operations);
  await node.drain();
});
