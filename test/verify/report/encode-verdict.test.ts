import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verify/check.ts';
import { explain } from '../../../src/verify/explanation.ts';
import type { Operation } from '../../../src/verify/history.ts';
import { describeOperation, groupDigits, showValue } from '../../../src/verify/report/display-text.ts';
import { encodeVerdict, stuckOperation } from '../../../src/verify/report/encode-verdict.ts';
import { findings, summarize } from '../../../src/verify/report/findings.ts';
import { showKey } from '../../../src/verify/visible-text.ts';
import type { LinearizabilityVerdict, PartitionVerdict } from '../../../src/verify/verdict.ts';
import { models } from '../../../src/verify/models/all-models.ts';
import { arbitraryHistory } from '../support/arbitrary-history.ts';
import { cycleVerdict, staleReadVerdict } from '../../../scripts/report-examples.ts';

function operation(change: Partial<Operation>): Operation {
  const plain = { process: 0, f: 'read', key: 'x', input: null, output: 1, call: 0, return: 1, outcome: 'ok' } as const;
  return { ...plain, ...change };
}

function verdictOf(partition: Partial<PartitionVerdict>): LinearizabilityVerdict {
  const whole: PartitionVerdict = { key: 'x', verdict: 'illegal', operations: [], linearizations: [], ...partition };
  return { kind: 'linearizability', model: 'register', verdict: whole.verdict, partitions: [whole] };
}

describe('the operation that could not be placed', () => {
  const operations = [
    operation({ call: 0, return: 50 }),
    operation({ call: 1, return: Infinity, outcome: 'info' }),
    operation({ call: 2, return: 20 }),
    operation({ call: 3, return: 10 }),
  ];
  it('is the certain one that returns first among those left', () => {
    expect(stuckOperation([], operations)).toBe(3);
    expect(stuckOperation([{ operation: 3, state: '' }], operations)).toBe(2);
    const all = [3, 2, 0].map((index) => ({ operation: index, state: '' }));
    expect(stuckOperation(all, operations)).toBeUndefined();
  });
});

describe('what the page is told', () => {
  it('has no infinities, and each state once', () => {
    const operations = [operation({}), operation({ call: 2, return: Infinity, outcome: 'info', output: null })];
    const steps = [0, 1].map((index) => ({ operation: index, state: 'same' }));
    const data = encodeVerdict(verdictOf({ operations, linearizations: [steps] }));
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data).toMatchObject({
      partitions: [
        {
          operations: [
            [0, 'read', null, '1', 0, 1, 'ok'],
            [0, 'read', null, null, 2, null, 'info'],
          ],
          states: ['same'],
          linearizations: [{ steps: [0, 0, 1, 0], stuck: null }],
        },
      ],
    });
  });

  it('is bounded: the longest linearizations first, always one', () => {
    const step = { operation: 0, state: 's' };
    const linearizations = [[step], [step, step, step], [step, step]];
    const kept = (stepsMax: number): unknown => {
      const data = encodeVerdict(verdictOf({ operations: [operation({})], linearizations }), stepsMax);
      const [partition] = data.kind === 'linearizability' ? data.partitions : [];
      return [partition?.linearizations.map(({ steps }) => steps.length / 2), partition?.omitted];
    };
    expect(kept(100)).toEqual([[3, 2, 1], 0]);
    expect(kept(5)).toEqual([[3, 2], 1]);
    expect(kept(1)).toEqual([[3], 2]);
  });

  it('cuts and makes visible whatever somebody put into keys and values', () => {
    expect(showValue('x'.repeat(10_000)).length).toBeLessThan(2_100);
    expect(showValue('a\u202eb\u0000\u2028')).toBe('"a\\u202eb\\u0000\\u2028"');
    expect(showKey('user:7')).toBe('user:7');
    expect(showKey('a b')).toBe('"a b"');
    expect(showKey('')).toBe('""');
    expect(showKey(null)).toBe('the only object');
    expect(showKey('\ud800')).toBe('"\\ud800"');
  });

  it('describes operations', () => {
    expect(describeOperation([0, 'write', '1', null, 0, 1, 'ok'])).toBe('write 1');
    expect(describeOperation([0, 'read', null, 'null', 0, 1, 'ok'])).toBe('read → null');
    expect(describeOperation([0, 'cas', '[1,2]', 'true', 0, 1, 'ok'])).toBe('cas [1,2] → true');
    expect(describeOperation([0, 'write', '1', null, 0, null, 'info'])).toBe('write 1 → ?');
    expect([1, 1234, -1234567.25, 1e30].map(groupDigits)).toEqual([
      '1',
      '1\u202f234',
      '-1\u202f234\u202f567.25',
      '1e+30',
    ]);
  });
});

describe('what is wrong', () => {
  const operations = [operation({ call: 0, return: 1 }), operation({ call: 2, return: 3 })];
  const errorOf = (partition: Partial<PartitionVerdict>): unknown => {
    const data = encodeVerdict(verdictOf({ operations, ...partition }));
    return data.kind === 'linearizability' ? data.partitions.map(({ error }) => error) : [];
  };
  const step = (index: number): { operation: number; state: string } => ({ operation: index, state: '' });

  it('is the first violation, whichever operation ended the longest order', () => {
    const longest = [step(1)];
    expect(errorOf({ firstViolation: 1, linearizations: [longest, [step(0)]] })).toEqual([
      { operation: 1, linearization: 1 },
    ]);
    expect(errorOf({ firstViolation: 1, linearizations: [longest, []] })).toEqual([{ operation: 1, linearization: 1 }]);
    expect(errorOf({ firstViolation: 1, linearizations: [longest] })).toEqual([{ operation: 1, linearization: 0 }]);
  });

  it('is drawn with an empty order where nothing can come first', () => {
    const data = encodeVerdict(verdictOf({ operations, firstViolation: 0 }));
    expect(data).toMatchObject({ partitions: [{ linearizations: [{ steps: [], stuck: 0 }] }] });
    expect(findings(data)).toEqual([
      {
        text: 'Key x: read → 1 (client 0, called at 0, returned at 1) has no place.',
        because: ['No order was found that places anything before it.'],
        target: [0, 0],
      },
    ]);
  });

  it('is nothing where nothing is known to be', () => {
    expect(errorOf({ verdict: 'ok', linearizations: [[step(0), step(1)]] })).toEqual([null]);
    expect(errorOf({ verdict: 'unknown' })).toEqual([null]);
    expect(errorOf({ verdict: 'unknown', linearizations: [[step(0)]] })).toEqual([{ operation: 1, linearization: 0 }]);
  });

  it.each([...models.keys()])('is found of every illegal %s, and is what the explanation names', (model) => {
    fc.assert(
      fc.property(arbitraryHistory(model, { operationsMax: 9, lieEvery: 2 }), (history) => {
        const verdict = checkHistory(history) as LinearizabilityVerdict;
        const found = findings(encodeVerdict(verdict));
        expect(found).toHaveLength(verdict.verdict === 'illegal' ? 1 : 0);
        for (const partition of verdict.partitions) {
          const explanation = explain(partition);
          if (explanation === undefined) continue;
          const { call, process, return: returned } = explanation.operation;
          expect(found[0]?.text).toContain(`(client ${process}, called at ${call}, returned at ${returned})`);
          expect(explanation.placed).toBeLessThanOrEqual(explanation.operations);
          const placed = `The longest order found places ${explanation.placed} of ${explanation.operations} operation`;
          expect(found[0]?.because[0]).toContain(explanation.placed === 0 ? 'No order was found' : placed);
        }
      }),
    );
  });
});

describe('findings', () => {
  it('say what has no place, and after what', () => {
    const verdict = staleReadVerdict();
    expect(summarize(verdict)).toContain(
      'Not linearizable: no order explains the answers for 1 of 3 keys (90 operations',
    );
    expect(findings(encodeVerdict(verdict))).toEqual([
      {
        text: 'Key stock: read → 12 (client 9, called at 527, returned at 542) has no place.',
        because: ['The longest order found places 12 of 29 operations and ends in the state 27.'],
        target: [0, 0],
      },
    ]);
  });

  it('put what is certain before what is not known', () => {
    const one = { operations: [operation({})], linearizations: [[]] };
    const partitions = (['unknown', 'ok', 'illegal'] as const).flatMap(
      (verdict) => verdictOf({ ...one, verdict }).partitions,
    );
    const found = findings(
      encodeVerdict({ kind: 'linearizability', model: 'register', verdict: 'illegal', partitions }),
    );
    expect(found.map(({ target }) => target)).toEqual([
      [2, 0],
      [0, 0],
    ]);
    expect(found[1]?.text).toContain('is where the search stopped');
    expect(found[0]?.because).toEqual(['No order was found that places anything before it.']);
  });

  it('have a sentence for each edge of a cycle', () => {
    const verdict = cycleVerdict();
    const found = findings(encodeVerdict(verdict));
    expect(found.map(({ because }) => because.length)).toEqual([0, 2, 3, 2]);
    expect(found[2]?.because[2]).toBe('T3 read y = [1], without 2, which T1 appended.');
    expect(summarize(verdict)).toBe('Not even serializable (8 transactions, 4 anomalies).');
    expect(summarize({ ...verdict, serializable: 'ok' })).toContain('would be serializable if time did not count');
    expect(summarize({ ...verdict, verdict: 'ok', anomalies: [] })).toBe(
      'Strictly serializable (8 transactions, 0 anomalies).',
    );
  });
});
