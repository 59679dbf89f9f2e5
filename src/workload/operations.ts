/**
 * What clients ask, and what the answers mean for the history. Each kind of key is judged by a model that
 * knows what is done to it: `s` strings, `c` counters, `l` lists of numbers that transactions append to. Nothing is
 * told of `b`, ballast.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { MicroOperation } from '../verify/history.ts';
import {
  countOrNull,
  done,
  errorOf,
  integer,
  listOfNumbers,
  natural,
  resultOfOne,
  resultOfTransaction,
  textOrNull,
  wrongIn,
  zeroOrOne,
  type Reading,
} from './answers.ts';
import type { Answers, Connection } from './connection.ts';
import { describeReply } from './describe-reply.ts';
import type { Dice } from './dice.ts';
import type { KeyNames } from './key-names.ts';
import type { WorkloadPlan } from './plan.ts';
import type { Question, Result } from './recorder.ts';

/** One thing that a client does, in one or two exchanges. */
export interface PlannedOperation {
  readonly question: Question;
  readonly isRead: boolean;
  run(connection: Connection, timeoutMs: number): Promise<Result>;
  /** Of a write: reads what it has written. */
  readonly readBack?: PlannedOperation;
}

/** One command, so that several can be sent at once. */
interface SingleCommand extends PlannedOperation {
  readonly words: readonly ByteString[];
  result(answers: Answers): Result;
}

/** Makes values that nobody else writes. */
type Fresh = () => number;

export interface PlanOptions {
  readonly dice: Dice;
  readonly plan: WorkloadPlan;
  readonly keys: KeyNames;
  readonly fresh: Fresh;
}

export function planOperation(options: PlanOptions): PlannedOperation {
  const { dice, plan, keys, fresh } = options;
  const index = dice.below(plan.keys);
  const key = keys.name('s', index);
  const counter = keys.name('c', index);
  return dice.pickWeighted<() => PlannedOperation>([
    [6 * plan.readWeight, () => read(key)],
    [4, () => set(key, fresh())],
    [3, () => increment(counter)],
    [plan.readWeight, () => read(counter)],
    [2, () => optimisticIncrement(counter)],
    [2, () => append(key, fresh())],
    [1, () => write({ f: 'del', key, input: null }, ['DEL', key], zeroOrOne)],
    [1, () => setIfAbsent(key, fresh())],
    [1, () => expire(key, dice, plan)],
    [3, () => listTransaction(options)],
    [plan.ballastBytes === undefined ? 0 : 0.5, () => setBehindBallast(key, options)],
  ])();
}

/** A read of every key, for the end. */
export function planFinalReads(keys: KeyNames): PlannedOperation[] {
  return [...keys.used]
    .filter((key) => !key.startsWith('b'))
    .map((key) => (key.startsWith('l') ? transaction([['r', key, null]]) : read(key)));
}

function read(key: string): SingleCommand {
  const reading = key.startsWith('c') ? countOrNull : textOrNull;
  return single({ f: 'get', key, input: null }, ['GET', key], reading, true);
}

function write(question: Question & { readonly key: string }, words: readonly ByteString[], reading: Reading) {
  return { ...single(question, words, reading, false), readBack: read(question.key) };
}

function set(key: string, value: number): SingleCommand {
  return write({ f: 'set', key, input: String(value) }, ['SET', key, String(value)], done);
}

/** Where clocks go wrong, all that can be said of an expiry is that it does not come before it was asked for. */
const soonest = 1e-9;
/** Servers count in whole milliseconds, at the call and at the end. */
const roundingMs = 2;

function expire(key: string, dice: Dice, { clocksAreRight }: WorkloadPlan): PlannedOperation {
  const ttlMs = 1 + roundingMs + dice.below(dice.pick([10, 1000]));
  const input = clocksAreRight ? ttlMs - roundingMs : soonest;
  return write({ f: 'expire', key, input }, ['PEXPIRE', key, String(ttlMs)], zeroOrOne);
}

function setIfAbsent(key: string, value: number): PlannedOperation {
  return write({ f: 'setnx', key, input: String(value) }, ['SETNX', key, String(value)], zeroOrOne);
}

function append(key: string, value: number): PlannedOperation {
  const text = `.${value}`;
  return write({ f: 'append', key, input: text }, ['APPEND', key, text], natural);
}

function increment(key: string): SingleCommand {
  return write({ f: 'incr', key, input: null }, ['INCR', key], integer);
}

function single(question: Question, words: readonly ByteString[], reading: Reading, isRead: boolean): SingleCommand {
  const result = (answers: Answers): Result => resultOfOne(answers, isRead, reading);
  return {
    question,
    words,
    isRead,
    result,
    run: async (connection, timeoutMs) => result(await connection.ask([words], timeoutMs)),
  };
}

/** Commands that are sent at once, each of which happens by itself. */
export interface PlannedPipeline {
  readonly questions: readonly Question[];
  run(connection: Connection, timeoutMs: number): Promise<readonly Result[]>;
}

/** One of them is followed by an ECHO, which a server knows the answer to before those of the others. */
export function planPipeline({ dice, plan, keys, fresh }: PlanOptions): PlannedPipeline {
  const commands = Array.from({ length: 2 + dice.below(5) }, () => {
    const index = dice.below(plan.keys);
    const key = keys.name('s', index);
    return dice.pick([() => read(key), () => set(key, fresh()), () => increment(keys.name('c', index))])();
  });
  const echoAt = 1 + dice.below(commands.length);
  const echoed = String(fresh());
  const words = commands.map((command) => command.words).toSpliced(echoAt, 0, ['ECHO', echoed]);
  return {
    questions: commands.map(({ question }) => question),
    run: async (connection, timeoutMs) => {
      const answers = await connection.ask(words, timeoutMs);
      if (answers.kind === 'lost') return commands.map((command) => command.result(answers));
      const echo = answers.replies[echoAt] as Reply;
      const replies = answers.replies.toSpliced(echoAt, 1);
      return commands.map((command, i) => {
        const result = command.result({ kind: 'answered', replies: [replies[i] as Reply] });
        return i === echoAt - 1 && !isEcho(echo, echoed) ? wrongEcho(echo, result) : result;
      });
    },
  };
}

function isEcho(reply: Reply, text: string): boolean {
  return reply === text || errorOf(reply) !== undefined;
}

function wrongEcho(echo: Reply, result: Result): Result {
  const reason = `what comes before the answer ${describeReply(echo)} to an ECHO behind it`;
  return { outcome: result.outcome === 'fail' ? 'fail' : 'info', reason, isWrong: true };
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
    readBack: read(key),
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

function listTransaction({ dice, plan, keys, fresh }: PlanOptions): PlannedOperation {
  const steps = Array.from({ length: 1 + dice.below(4) }, (): MicroOperation => {
    const key = keys.name('l', dice.below(plan.keys));
    return dice.chance(0.5) ? ['append', key, fresh()] : ['r', key, null];
  });
  const written = new Set(steps.flatMap(([f, key]) => (f === 'append' ? [key] : [])));
  if (written.size === 0) return transaction(steps);
  return { ...transaction(steps), readBack: transaction([...written].map((key) => ['r', key, null])) };
}

function transaction(steps: readonly MicroOperation[]): PlannedOperation {
  const commands = steps.map(([f, key, value]) =>
    f === 'append' ? ['APPEND', key, `,${JSON.stringify(value)}`] : ['GET', key],
  );
  const isRead = steps.every(([f]) => f === 'r');
  return {
    question: { f: 'txn', key: null, input: steps },
    isRead,
    run: async (connection, timeoutMs) => {
      const answers = await connection.ask([['MULTI'], ...commands, ['EXEC']], timeoutMs);
      return resultOfTransaction(answers, isRead, (replies) =>
        steps.map((step, i) => microResult(step, replies[i] as Reply)),
      );
    },
  };
}

function microResult(step: MicroOperation, reply: Reply): MicroOperation {
  if (step[0] === 'r') return ['r', step[1], listOfNumbers(reply)];
  natural(reply);
  return step;
}
