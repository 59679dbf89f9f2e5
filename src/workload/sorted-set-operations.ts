/** Sorted sets (`z`): some members that all know, and others that are added once, as what waits in a queue. */
import { natural, zeroOrOne } from './answers.ts';
import {
  number,
  numberOrNull,
  poppedFrom,
  poppedOneFrom,
  scoredMemberOrNone,
  scoredMembers,
} from './collection-answers.ts';
import { planWait, read, write, type PlanOptions, type SingleCommand } from './planned-operation.ts';

const names = ['a', 'b', 'c'];
const scoresBelow = 4;

export function planSortedSetOperation(options: PlanOptions): SingleCommand {
  const { dice, plan, keys, fresh } = options;
  const key = keys.name('z', dice.below(plan.keys));
  const member = dice.pick(names);
  const all = readSortedSet(key);
  const end = dice.pick(['min', 'max']);
  return dice.pickWeighted<() => SingleCommand>([
    [
      4,
      () => {
        const added = dice.pick([[member], [String(fresh())], [member, String(fresh())]]);
        const scored = added.map((name) => [name, dice.below(scoresBelow)] as const);
        const words = scored.flatMap(([name, score]) => [String(score), name]);
        return write({ f: 'zadd', key, input: scored }, ['ZADD', key, ...words], natural, all);
      },
    ],
    [
      1,
      () => {
        const by = dice.below(scoresBelow) - 1;
        return write({ f: 'zincrby', key, input: [member, by] }, ['ZINCRBY', key, String(by), member], number, all);
      },
    ],
    [1, () => write({ f: 'zrem', key, input: [member] }, ['ZREM', key, member], natural, all)],
    [3, () => write({ f: `zpop${end}`, key, input: null }, [`ZPOP${end}`.toUpperCase(), key], scoredMemberOrNone, all)],
    [3, () => waitToPop(key, end, options)],
    [0.3, () => write({ f: 'del', key, input: null }, ['DEL', key], zeroOrOne, all)],
    [plan.readWeight, () => read({ f: 'zscore', key, input: member }, ['ZSCORE', key, member], numberOrNull)],
    [2 * plan.readWeight, () => all],
  ])();
}

export function readSortedSet(key: string): SingleCommand {
  return read({ f: 'zrange', key, input: null }, ['ZRANGE', key, '0', '-1', 'WITHSCORES'], scoredMembers);
}

function waitToPop(key: string, end: string, { dice, plan }: PlanOptions): SingleCommand {
  const { seconds, knownMs } = planWait(dice, plan);
  const question = { f: `bzpop${end}`, key, input: knownMs };
  const readBack = readSortedSet(key);
  return dice.chance(0.3)
    ? write(question, ['BZMPOP', seconds, '1', key, end.toUpperCase()], poppedOneFrom(key), readBack)
    : write(question, [question.f.toUpperCase(), key, seconds], poppedFrom(key), readBack);
}
