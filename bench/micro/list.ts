/** Nanoseconds per operation on a list, by its size: `npx tsx bench/micro/list.ts`. */
import { seededRandom } from '../../src/environment/seeded-random.ts';
import { ListValue } from '../../src/keyspace/list/list-value.ts';
import { compare, type Operation } from './compare-sizes.ts';

function listOf(size: number): ListValue {
  const list = new ListValue();
  for (let i = 0; i < size; i++) list.pushRight([`element:${i}`]);
  return list;
}

const random = seededRandom(1);
const anywhere = (list: ListValue): number => random.uint32() % list.size;
const one = ['element'];

const operations: readonly Operation<ListValue>[] = [
  ['push and pop on the right', (list) => (list.pushRight(one), list.popRight(1))],
  ['push and pop on the left', (list) => (list.pushLeft(one), list.popLeft(1))],
  ['push left, pop right', (list) => (list.pushLeft(one), list.popRight(1))],
  ['read anywhere', (list) => list.at(anywhere(list))],
  ['set anywhere', (list) => list.set(anywhere(list), 'element')],
  ['insert and remove near the begin', (list) => (list.insert(400, one), list.remove(400, 1))],
  ['insert and remove in the middle', (list) => (list.insert(list.size >> 1, one), list.remove(list.size >> 1, 1))],
  ['insert and remove anywhere', (list) => (list.insert(anywhere(list), one), list.remove(anywhere(list), 1))],
  ['freeze, then change anywhere', (list) => (list.freeze(), list.set(anywhere(list), 'element'))],
];

compare(operations, listOf);
