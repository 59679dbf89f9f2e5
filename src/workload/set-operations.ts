/** Sets (`m`), two and two, as members are moved from one to the other: together they are one object to the history. */
import { natural, textOrNull, zeroOrOne } from './answers.ts';
import { members } from './collection-answers.ts';
import { partKey, parts, type Part } from './key-names.ts';
import { read, write, type PlanOptions, type SingleCommand } from './planned-operation.ts';

const names = ['a', 'b', 'c', 'd', '1', '2'];

export function planSetOperation({ dice, plan, keys }: PlanOptions): SingleCommand {
  const key = keys.name('m', dice.below(plan.keys));
  const part = dice.pick(parts);
  const set = partKey(key, part);
  const all = readSet(key, part);
  const some = names.filter(() => dice.chance(0.3));
  const member = dice.pick(names);
  const several = some.length === 0 ? [member] : some;
  return dice.pickWeighted<() => SingleCommand>([
    [4, () => write({ f: 'sadd', key, input: [part, several] }, ['SADD', set, ...several], natural, all)],
    [1, () => write({ f: 'srem', key, input: [part, several] }, ['SREM', set, ...several], natural, all)],
    [2, () => write({ f: 'spop', key, input: part }, ['SPOP', set], textOrNull, all)],
    [2, () => move(key, [part, dice.pick(parts), member])],
    [0.5, () => write({ f: 'del', key, input: part }, ['DEL', set], zeroOrOne, all)],
    [
      plan.readWeight,
      () => read({ f: 'sismember', key, input: [part, member] }, ['SISMEMBER', set, member], zeroOrOne),
    ],
    [plan.readWeight, () => read({ f: 'srandmember', key, input: part }, ['SRANDMEMBER', set], textOrNull)],
    [plan.readWeight, () => readUnion(key)],
    [2 * plan.readWeight, () => all],
  ])();
}

export function readSet(key: string, part: Part): SingleCommand {
  return read({ f: 'smembers', key, input: part }, ['SMEMBERS', partKey(key, part)], members);
}

function readUnion(key: string): SingleCommand {
  return read({ f: 'sunion', key, input: parts }, ['SUNION', ...parts.map((part) => partKey(key, part))], members);
}

function move(key: string, input: readonly [Part, Part, string]): SingleCommand {
  const [from, to, member] = input;
  return write(
    { f: 'smove', key, input },
    ['SMOVE', partKey(key, from), partKey(key, to), member],
    zeroOrOne,
    readUnion(key),
  );
}
