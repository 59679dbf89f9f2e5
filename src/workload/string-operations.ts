/** Strings (`s`) and counters (`c`), transactions, and what nobody reads: ballast (`b`). */
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import {
  countOrNull,
  done,
  errorOf,
  integer,
  natural,
  resultOfOne,
  resultOfTransaction,
  textOrNull,
  wrongIn,
  zeroOrOne,
} from './answers.ts';
import type { Dice } from './dice.ts';
import type { WorkloadPlan } from './plan.ts';
import {
  planTime,
  read,
  write,
  type PlannedOperation,
  type PlanOptions,
  type SingleCommand,
} from './planned-operation.ts';
import { planTransaction } from './transactions.ts';

export function planStringOperation(options: PlanOptions): PlannedOperation {
  const { dice, plan, keys, fresh } = options;
  const index = dice.below(plan.keys);
  const key = keys.name('s', index);
  const counter = keys.name('c', index);
  return dice.pickWeighted<() => PlannedOperation>([
    [6 * plan.readWeight, () => get(key)],
    [4, () => set(key, fresh())],
    [3, () => increment(counter)],
    [plan.readWeight, () => getCounter(counter)],
    [2, () => optimisticIncrement(counter)],
    [2, () => append(key, fresh())],
    [1, () => write({ f: 'del', key, input: null }, ['DEL', key], zeroOrOne, get(key))],
    [1, () => setIfAbsent(key, fresh())],
    [1, () => expire(key, dice, plan)],
    [3, () => planTransaction(options)],
    [plan.ballastBytes === undefined ? 0 : 0.5, () => setBehindBallast(key, options)],
  ])();
}

/** For a pipeline. */
export function planStringCommand({ dice, plan, keys, fresh }: PlanOptions): SingleCommand {
  const index = dice.below(plan.keys);
  const key = keys.name('s', index);
  return dice.pick([() => get(key), () => set(key, fresh()), () => increment(keys.name('c', index))])();
}

export function get(key: string): SingleCommand {
  return read({ f: 'get', key, input: null }, ['GET', key], textOrNull);
}

export function getCounter(key: string): SingleCommand {
  return read({ f: 'get', key, input: null }, ['GET', key], countOrNull);
}

function set(key: string, value: number): SingleCommand {
  return write({ f: 'set', key, input: String(value) }, ['SET', key, String(value)], done, get(key));
}

function expire(key: string, dice: Dice, plan: WorkloadPlan): PlannedOperation {
  const { ms, knownMs } = planTime(dice, plan, dice.pick([10, 1000]));
  return write({ f: 'expire', key, input: knownMs }, ['PEXPIRE', key, String(ms)], zeroOrOne, get(key));
}

function setIfAbsent(key: string, value: number): PlannedOperation {
  return write({ f: 'setnx', key, input: String(value) }, ['SETNX', key, String(value)], zeroOrOne, get(key));
}

function append(key: string, value: number): PlannedOperation {
  const text = `.${value}`;
  return write({ f: 'append', key, input: text }, ['APPEND', key, text], natural, get(key));
}

function increment(key: string): SingleCommand {
  return write({ f: 'incr', key, input: null }, ['INCR', key], integer, getCounter(key));
}

/**
 * A small write right behind one that takes long to be passed on: what passes it on without waiting shows the old value
 * elsewhere for a moment.
 */
function setBehindBallast(key: string, { dice, plan, keys, fresh }: PlanOptions): PlannedOperation {
  const small = set(key, fresh());
  const ballast = keys.name('b', dice.below(plan.keys));
  const words: ByteString[][] = [
    ['SET', ballast, 'b'.repeat(plan.ballastBytes ?? 0)],
    ['DEL', ballast],
  ];
  return {
    ...small,
    run: async (connection, timeoutMs) => {
      const answers = await connection.ask([...words, small.words], timeoutMs);
      if (answers.kind === 'lost') return small.result(answers);
      const [written, deleted, last] = answers.replies as [Reply, Reply, Reply];
      const reason = wrongIn(written, done) ?? wrongIn(deleted, zeroOrOne);
      if (reason !== undefined) return { outcome: 'info', reason, isWrong: true };
      return small.result({ kind: 'answered', replies: [last] });
    },
  };
}

/** WATCH, GET, then SET in a transaction: an INCR if nobody came between, else nothing. */
function optimisticIncrement(key: string): PlannedOperation {
  return {
    question: { f: 'incr', key, input: null },
    isRead: false,
    readBack: getCounter(key),
    run: async (connection, timeoutMs) => {
      const seen = await connection.ask(
        [
          ['WATCH', key],
          ['GET', key],
        ],
        timeoutMs,
      );
      // Nothing has been asked that could change anything.
      if (seen.kind === 'lost' || seen.replies.some((reply) => errorOf(reply) !== undefined))
        return { outcome: 'fail', reason: 'the first half was not answered' };
      const watched = resultOfOne({ ...seen, replies: seen.replies.slice(0, 1) }, true, done);
      if (watched.outcome !== 'ok') return watched;
      const value = resultOfOne({ ...seen, replies: seen.replies.slice(1) }, true, countOrNull);
      if (value.outcome !== 'ok') return value;
      const next = Number(value.output ?? 0) + 1;
      const answers = await connection.ask([['MULTI'], ['SET', key, String(next)], ['EXEC']], timeoutMs);
      return resultOfTransaction(answers, false, ([reply]) => {
        done(reply as Reply);
        return next;
      });
    },
  };
}
