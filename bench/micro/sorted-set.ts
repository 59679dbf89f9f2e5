/** Nanoseconds per operation on a sorted set, by its size: `npx tsx bench/micro/sorted-set.ts`. */
import { seededRandom } from '../../src/environment/seeded-random.ts';
import { SortedSetValue } from '../../src/keyspace/sorted-set/sorted-set-value.ts';
import { compare, type Operation } from './compare-sizes.ts';

function setOf(size: number): SortedSetValue {
  const set = new SortedSetValue();
  for (let i = 0; i < size; i++) set.set(`member:${i}`, i);
  return set;
}

const random = seededRandom(1);
const anyScore = (): number => random.uint32() / 4096;
const anyMember = (set: SortedSetValue): string => `member:${random.uint32() % set.size}`;

const operations: readonly Operation<SortedSetValue>[] = [
  ['score', (set) => set.score(anyMember(set))],
  ['rank', (set) => set.rank(anyMember(set))],
  ['at a rank', (set) => set.at(random.uint32() % set.size)],
  ['another score', (set) => set.set(anyMember(set), anyScore())],
  ['another score of the same few, and rank', (set) => (set.set('member:7', anyScore()), set.rank('member:7'))],
  ['add and delete', (set) => (set.set('new', anyScore()), set.delete('new'))],
  ['freeze, then another score', (set) => (set.freeze(), set.set(anyMember(set), anyScore()))],
];

compare(operations, setOf);
