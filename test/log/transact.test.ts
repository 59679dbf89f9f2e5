/** One commit by a command: planned again after each conflict, never applied twice, and undone where it did not happen. */
import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { transact, type Plan, type TransactOutcome } from '../../src/log/transact.ts';
import type { AppendOutcome } from '../../src/log/log.ts';
import { changes, FakeLog, set } from '../support/fake-log.ts';

const clock = { now: () => 0, monotonic: () => 0 };

/** Adds a key of the number of keys that there are. */
function begin(keyspace = new Keyspace(1)) {
  const log = new FakeLog();
  const plan = (): Plan<number> => {
    const { size } = keyspace;
    return { kind: 'plan', effects: [set(`k${size}`, '1')], summary: size };
  };
  const outcome: Promise<TransactOutcome<number>> = transact({ log, keyspace, clock, timeoutMs: 1000, plan });
  return { log, keyspace, outcome };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a transaction', () => {
  it('is one commit', async () => {
    const { log, keyspace, outcome } = begin();
    expect(log.appends[0]).toMatchObject({ effects: [set('k0', '1')] });
    expect(log.appends[0]!.deadline).toBeGreaterThan(1000);
    log.appends[0]!.answer({ kind: 'committed' });
    expect(await outcome).toEqual({ kind: 'done', summary: 0 });
    expect(keyspace.size).toBe(1);
  });

  it('is planned again on what somebody else has committed', async () => {
    const { log, keyspace, outcome } = begin();
    log.appends[0]!.answer({ kind: 'conflict', changes: changes(set('other', '1')) });
    await turn();
    expect(log.appends[1]).toMatchObject({ effects: [set('k1', '1')] });
    log.appends[1]!.answer({ kind: 'committed' });
    expect(await outcome).toEqual({ kind: 'done', summary: 1 });
    expect(keyspace.dump().map(([, key]) => key)).toEqual(['k1', 'other']);
  });

  it('waits for all of the news', async () => {
    const { log, outcome } = begin();
    log.appends[0]!.answer({ kind: 'conflict', changes: { ...changes(set('one', '1')), isPartial: true } });
    await turn();
    log.verifies[0]!.answer({ kind: 'changed', changes: { ...changes(set('two', '1')), isPartial: true } });
    await turn();
    log.verifies[1]!.answer({ kind: 'unclear' });
    await turn();
    log.verifies[2]!.answer({ kind: 'changed', changes: changes(set('three', '1')) });
    await turn();
    expect(log.appends[1]).toMatchObject({ effects: [set('k3', '1')] });
    log.appends[1]!.answer({ kind: 'conflict', changes: undefined });
    await turn();
    log.verifies[3]!.answer({ kind: 'current' });
    await turn();
    log.appends[2]!.answer({ kind: 'committed' });
    expect(await outcome).toEqual({ kind: 'done', summary: 3 });
  });

  it.each<AppendOutcome>([
    { kind: 'unavailable', reason: 'no store' },
    { kind: 'uncertain', reason: 'no answer', changes: changes() },
  ])('is undone and not tried again where it is %o', async (answer) => {
    const { log, keyspace, outcome } = begin();
    log.appends[0]!.answer(answer);
    const { kind, reason } = answer as { kind: string; reason: string };
    expect(await outcome).toEqual({ kind, reason });
    expect([keyspace.size, log.appends.length]).toEqual([0, 1]);
  });

  it('gives up where the news cannot be had', async () => {
    const { log, outcome } = begin();
    log.appends[0]!.answer({ kind: 'conflict', changes: undefined });
    await turn();
    log.verifies[0]!.answer({ kind: 'unavailable', reason: 'no store' });
    expect(await outcome).toEqual({ kind: 'unavailable', reason: 'no store' });
  });

  it('gives up where others write all the time', async () => {
    const { log, outcome } = begin();
    for (let i = 0; i < 11; i++) {
      log.appends[i]!.answer({ kind: 'conflict', changes: changes(set(`o${i}`, '1')) });
      await turn();
    }
    expect(await outcome).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringMatching(/others write/) as string,
    });
    expect(log.appends).toHaveLength(11);
  });

  it('of nothing asks for nothing', async () => {
    const log = new FakeLog();
    const keyspace = new Keyspace(1);
    const plan = (): Plan<string> => ({ kind: 'plan', effects: [], summary: 'nothing' });
    const outcome = await transact({ log, keyspace, clock, timeoutMs: 1, plan });
    expect([outcome, log.appends]).toEqual([{ kind: 'done', summary: 'nothing' }, []]);
    const refusal = { kind: 'unavailable', reason: 'no' } as const;
    expect(await transact({ log, keyspace, clock, timeoutMs: 1, plan: () => refusal })).toEqual(refusal);
  });
});
