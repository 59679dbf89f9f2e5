/** Transactions checked per second, on one core: `npx tsx bench/micro/list-append.ts`. */
import { checkListAppend } from '../../src/verify/list-append/check.ts';
import { largeHistory, type LargeOptions } from '../../test/verify/support/large-list-append.ts';

const usual = { seed: 1, clients: 30, keys: 10, appendsMax: 128 };
const histories: readonly (readonly [string, LargeOptions])[] = [
  ['10,000 transactions', { ...usual, transactions: 10_000 }],
  ['10,000, lists that grow for ever', { ...usual, transactions: 10_000, appendsMax: Infinity }],
  ['10,000, 10 stale', { ...usual, transactions: 10_000, staleOf10000: 10 }],
  ['10,000, all stale', { ...usual, transactions: 10_000, staleOf10000: 10_000 }],
  ['10,000, 10 fractured', { ...usual, transactions: 10_000, fracturedOf10000: 10 }],
  ['10,000, all fractured', { ...usual, transactions: 10_000, fracturedOf10000: 10_000 }],
  ['10,000, 1,000 clients', { ...usual, transactions: 10_000, clients: 1000 }],
  ['100,000 transactions', { ...usual, transactions: 100_000 }],
  ['100,000, 10 stale', { ...usual, transactions: 100_000, staleOf10000: 1 }],
];

console.log(`${'history'.padEnd(36)} ${'seconds'.padStart(8)} ${'per second'.padStart(12)}  verdict   anomalies`);
for (const [name, options] of histories) {
  const history = largeHistory(options);
  let seconds = Infinity;
  let verdict = checkListAppend(history);
  for (let round = 0; round < 3; round++) {
    const startedAt = performance.now();
    verdict = checkListAppend(history);
    seconds = Math.min(seconds, (performance.now() - startedAt) / 1000);
  }
  const rate = Math.round(options.transactions / seconds).toLocaleString('en');
  const names = [...new Set(verdict.anomalies.map((anomaly) => anomaly.name))].join(' ');
  console.log(
    `${name.padEnd(36)} ${seconds.toFixed(2).padStart(8)} ${rate.padStart(12)}  ${verdict.verdict.padEnd(8)}  ${names}`,
  );
}
