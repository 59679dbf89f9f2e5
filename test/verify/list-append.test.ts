/** Each anomaly of list-append by a history that has it, in the words that people read, and what makes no anomaly. */
import { describe, expect, it } from 'vitest';
import { HistoryError } from '../../src/verify/history-error.ts';
import type { History, Json, Operation } from '../../src/verify/history.ts';
import { checkListAppend } from '../../src/verify/list-append/check.ts';
import type { Anomaly, TransactionsVerdict } from '../../src/verify/verdict.ts';
import { largeHistory } from './support/large-list-append.ts';
import { concurrent, historyOf } from './support/list-append-history.ts';

function namesOf({ anomalies }: TransactionsVerdict): readonly string[] {
  return anomalies.map(({ name }) => name);
}

function anomalyOf(history: History, name: string): Anomaly {
  const found = checkListAppend(history).anomalies.find((anomaly) => anomaly.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

describe('what is wrong with lists', () => {
  it('G1a: a read of what failed, and an update on top of it', () => {
    const history = concurrent([{ steps: 'ax1', outcome: 'fail' }, 'ax2', 'rx12']);
    const verdict = checkListAppend(history);
    expect(verdict).toMatchObject({ verdict: 'illegal', serializable: 'illegal' });
    expect(namesOf(verdict)).toEqual(['G1a', 'dirty-update']);
    expect(verdict.anomalies[0]).toEqual({
      name: 'G1a',
      description: 'Aborted read: T2 read x = [1 2], with 1 of T0, which had failed.',
      transactions: [0, 2],
      cycle: [],
    });
    expect(verdict.anomalies[1]?.description).toBe('T1 appended 2 to x on top of 1 of T0, which had failed.');
  });

  it('G1b: a read of what was not all', () => {
    const { description, transactions } = anomalyOf(concurrent(['ax1 ax2', 'rx1', 'rx12']), 'G1b');
    expect(description).toBe(
      'Intermediate read: T1 read x = [1], with 1 of T0 but without what T0 appended to it afterwards.',
    );
    expect(transactions).toEqual([0, 1]);
  });

  it('internal: a read that does not fit what the transaction did before', () => {
    expect(anomalyOf(concurrent(['ax1 rx2', 'ax2']), 'internal').description).toBe(
      'T0 read x = [2], which does not end in [1], its own appends until then.',
    );
    expect(anomalyOf(concurrent(['rx ax1 rx12', 'ax2']), 'internal').description).toBe(
      'T0 read x = [1 2], which is not [1], what it had read and appended itself until then.',
    );
  });

  it('future-read: a read of what the transaction appends afterwards', () => {
    expect(anomalyOf(concurrent(['rx1 ax1']), 'future-read').description).toBe(
      'T0 read x = [1] before it appended 1 to it itself.',
    );
  });

  it('garbage-read: a read of what nobody appended', () => {
    expect(anomalyOf(concurrent(['ax1', 'rx13']), 'garbage-read').description).toBe(
      'T1 read x = [1 3], but nobody ever appended 3 to x.',
    );
  });

  it('duplicate-elements: a read of more than was appended', () => {
    expect(anomalyOf(concurrent(['ax1', 'ax2', 'rx121']), 'duplicate-elements').description).toBe(
      'T2 read x = [1 2 1], in which 1 stands more often than it was appended to x.',
    );
  });

  it('incompatible-order: reads of which neither continues the other', () => {
    expect(anomalyOf(concurrent(['ax1', 'ax2', 'ax3', 'rx123', 'rx13']), 'incompatible-order').description).toBe(
      'T4 read x = [1 3], and T3 read x = [1 2 3]: they differ at position 2, and neither list can have become the ' +
        'other by appends.',
    );
    expect(anomalyOf(concurrent(['ax1 ax2', 'rx21']), 'incompatible-order').description).toBe(
      'T1 read x = [2 1], but T0 had appended 1 before 2.',
    );
  });
});

describe('cycles', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['G0', ['ax1 ay1', 'ax2 ay2', 'rx12 ry21']],
    ['G1c', ['ax1 ry1', 'ay1 rx1']],
    ['G-single-item', ['ax1 ay1', 'rx1 ry']],
    ['G-nonadjacent-item', ['ax1', 'rx1 ry', 'ay1', 'ry1 rx']],
    ['G2-item', ['rx ay1', 'ry ax1']],
  ];

  it.each(cases)('%s', (name, transactions) => {
    const verdict = checkListAppend(concurrent(transactions));
    expect(verdict).toMatchObject({ verdict: 'illegal', serializable: 'illegal' });
    expect(namesOf(verdict)).toEqual([name]);
  });

  it('explains every edge', () => {
    const { description, transactions, cycle } = anomalyOf(concurrent(['ax1 ay1', 'rx1 ry']), 'G-single-item');
    expect(description).toBe(
      'Each of T0 → T1 → T0 must come before the next: a transaction did not see what it must have come after.',
    );
    expect(transactions).toEqual([0, 1]);
    expect(cycle).toEqual([
      { from: 0, to: 1, kind: 'write-read', reason: 'T1 read x = [1], to which T0 had appended 1 before.' },
      { from: 1, to: 0, kind: 'read-write', reason: 'T1 read y = [], without 1, which T0 appended.' },
    ]);
    const [edge] = anomalyOf(concurrent(['ax1 ay1', 'ax2 ay2', 'rx12 ry21']), 'G0').cycle;
    expect(edge?.reason).toBe('T0 appended 1 to x before T1 appended 2: T2 read x = [1 2].');
  });

  it('G0 with an append that nobody saw, though what came after it was seen', () => {
    expect(namesOf(checkListAppend(concurrent(['ax1 ax1', 'ax5', 'rx15'])))).toContain('G0');
  });

  it('lost-update: two that read the same and both append', () => {
    const verdict = checkListAppend(concurrent(['ax0', 'rx0 ax1', 'rx0 ax2']));
    expect(namesOf(verdict)).toEqual(['lost-update', 'G2-item']);
    expect(verdict.anomalies[0]?.description).toBe(
      'Lost update: T1 and T2 all appended to x after reading the same of it: T1 read x = [0].',
    );
  });

  it('with edges of a process', () => {
    const history = historyOf([
      { steps: 'ax1', process: 0, call: 0, return: 5 },
      // At the same time: only the process tells that it came later.
      { steps: 'rx', process: 0, call: 5, return: 9 },
    ]);
    const verdict = checkListAppend(history);
    expect(verdict).toMatchObject({ verdict: 'illegal', serializable: 'ok' });
    expect(namesOf(verdict)).toEqual(['G-single-item-process']);
    expect(verdict.anomalies[0]?.cycle[0]?.reason).toBe(
      'T0 and then T1 were done by one process, one after the other.',
    );
  });

  it('with edges of real time: stale reads and lost appends', () => {
    const stale = checkListAppend(historyOf(['ax1', 'rx', 'rx1']));
    expect(stale).toMatchObject({ verdict: 'illegal', serializable: 'ok' });
    expect(namesOf(stale)).toEqual(['G-single-item-realtime', 'stale-read']);
    expect(stale.anomalies[1]?.description).toBe(
      'Stale read: T1 read x = [], without 1, though T0, which appended it, had returned before T1 was called.',
    );
    expect(stale.anomalies[0]?.cycle).toEqual([
      {
        from: 0,
        to: 1,
        kind: 'real-time',
        reason: 'T0 had returned (at 5) before T1 was called (at 10).',
      },
      { from: 1, to: 0, kind: 'read-write', reason: 'T1 read x = [], without 1, which T0 appended.' },
    ]);
    const lost = checkListAppend(historyOf(['ax1', 'rx', 'rx']));
    expect(namesOf(lost)).toEqual(['G-single-item-realtime', 'lost-append']);
    expect(lost.anomalies[1]?.description).toBe(
      'Lost append, which no read has ever seen: T1 read x = [], without 1, though T0, which appended it, had ' +
        'returned before T1 was called.',
    );
  });

  it('no stale read of what returned only when the read was called', () => {
    const history = historyOf([{ steps: 'ax1', return: 10 }, 'rx', 'rx1', 'ay1', 'ry', 'ry1']);
    const stale = checkListAppend(history).anomalies.filter(({ name }) => name === 'stale-read');
    expect(stale.map(({ transactions }) => transactions)).toEqual([[3, 4]]);
  });

  it('a write of the future, and writes in the other order', () => {
    expect(namesOf(checkListAppend(historyOf(['rx1', 'ax1'])))).toEqual(['G1c-realtime']);
    expect(namesOf(checkListAppend(historyOf(['ax1', 'ax2', 'rx21'])))).toEqual(['G0-realtime']);
  });
});

describe('what is no anomaly', () => {
  it.each<readonly [string, readonly (string | Parameters<typeof historyOf>[0][number])[]]>([
    ['nothing', []],
    ['appends that nobody read', ['ax1', 'ax2', 'ay1']],
    ['an uncertain append that nobody sees', [{ steps: 'ax1', outcome: 'info' }, 'rx']],
    ['an uncertain append that is seen late', [{ steps: 'ax1', outcome: 'info' }, 'rx', 'rx', 'rx1']],
    ['a failed append that nobody sees', [{ steps: 'ax1', outcome: 'fail' }, 'rx']],
    ['a read at the time at which the append returns', [{ steps: 'ax1', return: 10 }, 'rx', 'rx1']],
    ['a value that failed and was appended again', [{ steps: 'ax1', outcome: 'fail' }, 'ax1', 'rx1']],
    ['a value that one transaction appends twice', ['ax1 ax1 rx11', 'ax2', 'rx112']],
    ['reads of its own appends', ['ax1', 'rx1 ax2 rx12 ax3 rx123', 'rx123']],
  ])('%s', (_, transactions) => {
    expect(checkListAppend(historyOf(transactions))).toMatchObject({
      kind: 'transactions',
      model: 'list-append',
      verdict: 'ok',
      serializable: 'ok',
      anomalies: [],
      notes: [],
    });
  });

  it('but an uncertain transaction that is seen happened as a whole, and not before it was called', () => {
    const torn = historyOf([{ steps: 'ax1 ay1', outcome: 'info' }, { steps: 'rx1 ry' }]);
    expect(namesOf(checkListAppend(torn))).toEqual(['G-single-item']);
    const early = historyOf(['rx1', { steps: 'ax1', outcome: 'info' }]);
    expect(checkListAppend(early)).toMatchObject({ verdict: 'illegal', serializable: 'ok' });
  });

  it('values may be any JSON', () => {
    const [one, other]: readonly Json[] = [{ a: [1], b: 2 }, '1'];
    const same = { b: 2, a: [1] };
    const history = historyOf([
      { steps: [['append', 'x', one ?? null]] },
      { steps: [['append', 'x', other ?? null]] },
      { steps: [['append', 'x', 1]] },
      { steps: [['r', 'x', [same, '1', 1]]] },
    ]);
    expect(checkListAppend(history).verdict).toBe('ok');
    const swapped = concurrent([{ steps: [['append', 'x', '1']] }, { steps: [['r', 'x', [1]]] }]);
    expect(namesOf(checkListAppend(swapped))).toEqual(['garbage-read']);
  });

  it('a null read is the empty list, or tells nothing where the history says so', () => {
    const history = historyOf(['ax1', { steps: [['r', 'x', null]] }]);
    expect(checkListAppend(history).verdict).toBe('illegal');
    expect(checkListAppend({ ...history, nullReadIsWildcard: true }).verdict).toBe('ok');
  });
});

describe('what is not decided', () => {
  it('whose append was read, where several appended the value', () => {
    const verdict = checkListAppend(concurrent(['ax1', 'ax1', 'rx11']));
    expect(verdict).toMatchObject({ verdict: 'unknown', serializable: 'unknown', anomalies: [] });
    expect(verdict.notes).toEqual(['Of x, 1 was appended by T0 and T1: whose append was read is not decided.']);
  });

  it('but what is wrong all the same is found', () => {
    const verdict = checkListAppend(concurrent(['ax1', 'ax1', 'rx11', 'ax2 ay2', 'rx112 ry']));
    expect(verdict).toMatchObject({ verdict: 'illegal', serializable: 'illegal' });
    expect(namesOf(verdict)).toEqual(['G-single-item']);
    expect(namesOf(checkListAppend(concurrent(['rx ax1', 'rx ax1', 'rx11'])))).toEqual(['lost-update']);
  });

  it('anything, if there is no time', () => {
    const verdict = checkListAppend(historyOf(['ax1', 'rx']), { isOver: () => true });
    expect(verdict).toMatchObject({ verdict: 'unknown', serializable: 'unknown' });
    expect(verdict.notes).toEqual(['The time was over before the history was checked.']);
  });

  it('which names all cycles have, if there is no more time for that: the verdict stands', () => {
    const history = historyOf(['ax1', 'rx']);
    let asked = 0;
    const verdict = checkListAppend(history, { isOver: () => ++asked > 2 });
    expect(verdict).toMatchObject({ verdict: 'illegal', serializable: 'ok' });
    expect(verdict.notes).toEqual(['1 more group of transactions has cycles that were not searched for names.']);
  });
});

describe('histories that are none of list-append', () => {
  const [good] = historyOf(['ax1 rx1']).operations as [Operation];
  it.each<readonly [string, Partial<Operation>, string]>([
    ['another f', { f: 'read' }, 'operation 0: in a history of list-append every f is "txn", not "read"'],
    ['no array', { input: 'x' }, 'operation 0: a transaction must be an array of operations, not "x"'],
    ['a step of another kind', { input: [['w', 'x', 1]] }, 'operation 0: an operation of a transaction must be'],
    ['no output', { output: null }, 'operation 0: a transaction must be an array of operations, not null'],
    [
      'the output of another',
      { output: [['append', 'x', 1]] },
      'operation 0: its output is not the answer to its input',
    ],
    ['a return before the call', { call: 7 }, 'operation 0: it returns at 5, before it is called at 7'],
  ])('%s', (_, change, message) => {
    const check = (): unknown => checkListAppend({ ...historyOf([]), operations: [{ ...good, ...change }] });
    expect(check).toThrow(HistoryError);
    expect(check).toThrow(message);
  });

  it('lists that do not begin empty', () => {
    expect(() => checkListAppend({ ...historyOf(['rx']), initial: [1] })).toThrow('lists begin empty');
    expect(checkListAppend({ ...historyOf(['rx']), initial: [] }).verdict).toBe('ok');
  });
});

describe('large histories', () => {
  const usual = { transactions: 10_000, clients: 30, keys: 10, appendsMax: 128 };

  it('that are right are found right', () => {
    for (const seed of [1, 2, 3]) {
      expect(checkListAppend(largeHistory({ ...usual, seed }))).toMatchObject({ verdict: 'ok', serializable: 'ok' });
    }
  });

  it.each(['staleOf10000', 'fracturedOf10000'])('%s: few faults are found among many transactions', (fault) => {
    const verdict = checkListAppend(largeHistory({ ...usual, seed: 4, [fault]: 10 }));
    expect(verdict.verdict).toBe('illegal');
    expect(namesOf(verdict)).toContain('stale-read');
  });

  it('of which everything is wrong give a bounded number of anomalies', () => {
    const verdict = checkListAppend(largeHistory({ ...usual, seed: 5, staleOf10000: 10_000 }));
    expect(verdict).toMatchObject({ verdict: 'illegal', serializable: 'illegal' });
    expect(verdict.anomalies.length).toBeLessThan(400);
    expect(verdict.notes?.join(' ')).toContain(
      'anomalies named incompatible-order were found; the first 25 are given.',
    );
  });
});
