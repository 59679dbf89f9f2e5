/**
 * The recorded and generated histories of `list-append-histories`, with the verdicts and the names of Elle.
 *
 * Names are compared under these rules, each of which is a difference that is meant:
 * - Elle's notices about its own search (`cycle-search-timeout`, `…-cycle-exists`, `empty-transaction-graph`) are not
 *   anomalies; ours that Elle does not have (`stale-read`, `lost-append`) say the same as a cycle beside them.
 * - Asked about strict serializability Elle does not look at processes; where a cycle needs only their order, we say
 *   `-process` and Elle says `-realtime`.
 * - Where lists have duplicates or contradict each other, there is no order of versions. Elle takes values of other
 *   lists for later than the longest one, and knows dependencies that we do not claim: only what is wrong with
 *   the lists themselves is compared then.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TransactionsVerdict } from '../../src/verify/verdict.ts';
import { checkListAppend } from '../../src/verify/list-append/check.ts';
import { readHistory } from '../../src/verify/readers/read-history.ts';

interface Expected {
  readonly strictSerializable: boolean;
  readonly serializable: boolean;
  readonly elle: { readonly anomalies: readonly string[] };
  readonly nonGraphAnomalies: readonly string[];
}

/** What we find and Elle does not. */
const foundBesides = new Map<string, readonly string[]>([
  // Elle's tests have neither processes nor times; the files give them one after the other, and that is broken too.
  ['elle-test-G-nonadjacent-test-main-7.json', ['G-single-item-realtime']],
  ['elle-test-lost-update-test-main-0.json', ['G-single-item-realtime']],
  ['elle-test-rr-g-nonadjacent-item-test-main-2.json', ['G-single-item-realtime']],
  // Elle says strong-PL-2-cycle-exists, which is that such a cycle exists, but shows none.
  ['elle-test-checker-test-g_nonadjacent_process-17.json', ['G1c-realtime', 'G-single-item-realtime']],
]);

const folder = new URL('list-append-histories/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

function read(file: string): { readonly verdict: TransactionsVerdict; readonly expected: Expected } {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const { expected } = JSON.parse(text) as { readonly expected: Expected };
  return { verdict: checkListAppend(readHistory(text)), expected };
}

const isNotice = (name: string): boolean =>
  name === 'cycle-search-timeout' || name === 'empty-transaction-graph' || name.endsWith('-cycle-exists');
const isCycle = (name: string): boolean => /^G(0|1c|2|-)/.test(name);
const isOurs = (name: string): boolean => name === 'stale-read' || name === 'lost-append';

function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort();
}

describe('list-append histories', () => {
  it('are all there', () => {
    expect(files).toHaveLength(66);
  });

  it.each(files)('%s', (file) => {
    const { verdict, expected } = read(file);
    expect(verdict.verdict).toBe(expected.strictSerializable ? 'ok' : 'illegal');
    expect(verdict.serializable).toBe(expected.serializable ? 'ok' : 'illegal');

    const ours = verdict.anomalies.map(({ name }) => name.replace('-process', '-realtime')).filter((n) => !isOurs(n));
    const theirs = expected.elle.anomalies.filter((name) => !isNotice(name));
    const hasVersionOrder = !['duplicate-elements', 'incompatible-order'].some((name) => theirs.includes(name));
    if (hasVersionOrder) {
      expect(sorted(ours)).toEqual(sorted([...theirs, ...(foundBesides.get(file) ?? [])]));
    } else {
      const isComparable = (name: string): boolean => !isCycle(name) && name !== 'lost-update';
      expect(sorted(ours.filter(isComparable))).toEqual(sorted(theirs.filter(isComparable)));
    }
  });
});
