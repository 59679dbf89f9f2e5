/**
 * Operations checked per second, on one core, by model: `npm run bench -- --only checker`. The generated histories are
 * of 30 clients on 10 keys; in one of a hundred operations nobody knows whether it happened. The recorded ones are
 * Porcupine's own (`bench/data`) and those of Jepsen and Knossos that the tests judge.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { checkHistory } from '../../src/verify/check.ts';
import type { History } from '../../src/verify/history.ts';
import { readHistory } from '../../src/verify/readers/read-history.ts';
import { mixes, randomHistory, type RandomHistoryOptions } from '../../test/verify/support/random-history.ts';

const rounds = process.argv.includes('--quick') ? 1 : 3;
const timeoutMs = 60_000;
const operations = 100_000;

console.log(
  `${'what'.padEnd(44)} ${'operations'.padStart(10)} ${'seconds'.padStart(8)} ${'per second'.padStart(12)}  verdict`,
);

/** The best of some rounds, so that neither the compiler nor a neighbour is measured. */
function measure(name: string, histories: readonly History[]): void {
  let seconds = Infinity;
  const verdicts = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    verdicts.clear();
    const startedAt = performance.now();
    for (const history of histories) {
      const endsAt = performance.now() + timeoutMs;
      const { verdict } = checkHistory(history, { isOver: () => performance.now() > endsAt });
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    seconds = Math.min(seconds, (performance.now() - startedAt) / 1000);
    if (verdicts.has('unknown')) break;
  }
  const count = histories.reduce((sum, history) => sum + history.operations.length, 0);
  const rate = Math.round(count / seconds).toLocaleString('en');
  const found = [...verdicts].map(([verdict, times]) => (histories.length === 1 ? verdict : `${times} ${verdict}`));
  console.log(
    `${name.padEnd(44)} ${String(count).padStart(10)} ${seconds.toFixed(2).padStart(8)} ${rate.padStart(12)}  ${found.join(', ')}`,
  );
}

for (const [model, mix] of Object.entries(mixes)) {
  for (const uncertainPerMille of [0, 10]) {
    const options = { seed: 1, operations, keys: 10, clients: 30, uncertainPerMille, mix };
    measure(`${model}${uncertainPerMille === 0 ? '' : ', 1 % uncertain'}`, [randomHistory(model, options)]);
  }
}

/** As Jepsen's workloads have them: few values, compare-and-set that often succeeds, a queue that only grows. */
const asOfJepsen: readonly [string, string, Pick<RandomHistoryOptions, 'mix' | 'values' | 'quiet'>][] = [
  ['register, 5 values', 'register', { values: 5, mix: { read: 5, write: 5 } }],
  ['cas-register, 3 values', 'cas-register', { values: 3, mix: { read: 3, write: 2, cas: 5 } }],
  ['queue that grows', 'queue', { quiet: true, mix: { enqueue: 6, dequeue: 4 } }],
];
for (const [name, model, drawn] of asOfJepsen) {
  const options = { seed: 1, operations, keys: 10, clients: 30, uncertainPerMille: 10, ...drawn };
  measure(`${name}, 1 % uncertain`, [randomHistory(model, options)]);
}

const data = new URL('../data/', import.meta.url);
for (const file of readdirSync(data).filter((name) => name.endsWith('.gz'))) {
  measure(file, [readHistory(gunzipSync(readFileSync(new URL(file, data))).toString())]);
}
const recorded = new URL('../../test/verify/histories/linearizability.jsonl.gz', import.meta.url);
const lines = gunzipSync(readFileSync(recorded)).toString().trimEnd().split('\n');
measure(
  `${lines.length} recorded histories`,
  lines.map((line) => readHistory(line)),
);
