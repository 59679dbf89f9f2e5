/** Hashes (`h`): some fields of text, one that counts. */
import { integer, natural, textOrNull, zeroOrOne } from './answers.ts';
import { fields } from './collection-answers.ts';
import { read, write, type PlanOptions, type SingleCommand } from './planned-operation.ts';

const names = ['a', 'b', 'c'];
const counter = 'n';

export function planHashOperation({ dice, plan, keys, fresh }: PlanOptions): SingleCommand {
  const key = keys.name('h', dice.below(plan.keys));
  const field = dice.pick(names);
  const all = readHash(key);
  return dice.pickWeighted<() => SingleCommand>([
    [
      3,
      () => {
        const pairs = dice.pick([[field], names]).map((name) => [name, String(fresh())] as const);
        return write({ f: 'hset', key, input: pairs }, ['HSET', key, ...pairs.flat()], natural, all);
      },
    ],
    [
      1,
      () => {
        const value = String(fresh());
        return write({ f: 'hsetnx', key, input: [field, value] }, ['HSETNX', key, field, value], zeroOrOne, all);
      },
    ],
    [2, () => write({ f: 'hincrby', key, input: [counter, 1] }, ['HINCRBY', key, counter, '1'], integer, all)],
    [
      2,
      () => {
        const gone = dice.pick([[field], [counter], [...names, counter]]);
        return write({ f: 'hdel', key, input: gone }, ['HDEL', key, ...gone], natural, all);
      },
    ],
    [0.5, () => write({ f: 'del', key, input: null }, ['DEL', key], zeroOrOne, all)],
    [2 * plan.readWeight, () => read({ f: 'hget', key, input: field }, ['HGET', key, field], textOrNull)],
    [2 * plan.readWeight, () => all],
  ])();
}

export function readHash(key: string): SingleCommand {
  return read({ f: 'hgetall', key, input: null }, ['HGETALL', key], fields);
}
