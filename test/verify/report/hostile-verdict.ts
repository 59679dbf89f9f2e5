/** Verdicts whose every text tries to break out of the report. */
import type { Operation } from '../../../src/verify/history.ts';
import type { LinearizabilityVerdict, TransactionsVerdict } from '../../../src/verify/verdict.ts';

export const hostileText = `</script><!--<img src=x onerror="alert(1)"><b>'&amp;"\u202e\u2028\0\ud800 __proto__`;

function operation(index: number): Operation {
  const values = { input: hostileText, output: { [hostileText]: [hostileText] } };
  return { process: index, f: hostileText, key: hostileText, ...values, call: index, return: index + 2, outcome: 'ok' };
}

export function hostileVerdict(): LinearizabilityVerdict {
  const operations = [0, 1, 2].map(operation);
  const linearizations = [[{ operation: 0, state: hostileText }]];
  const partition = { key: hostileText, verdict: 'illegal', operations, linearizations } as const;
  return { kind: 'linearizability', model: hostileText, verdict: 'illegal', partitions: [partition] };
}

export function hostileTransactions(): TransactionsVerdict {
  const steps = [['append', hostileText, hostileText], ['r', hostileText, [hostileText]], hostileText];
  const transactions = [0, 1].map((index) => ({ ...operation(index), key: null, input: steps, output: steps }));
  const edge = { kind: 'write-write', reason: hostileText } as const;
  const cycle = [
    { ...edge, from: 0, to: 1 },
    { ...edge, from: 1, to: 0 },
  ];
  const anomaly = { name: hostileText, description: hostileText, transactions: [0, 1], cycle };
  const common = { kind: 'transactions', model: 'list-append', verdict: 'illegal', serializable: 'unknown' } as const;
  return { ...common, transactions, anomalies: [anomaly] };
}
