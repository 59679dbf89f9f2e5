/**
 * What clients ask, and what the answers mean for the history. Each kind of key is judged by a model that
 * knows what is done to it: `s` strings, `c` counters, `l` lists of numbers that transactions append to.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { Json, MicroOperation } from '../verify/history.ts';
import type { Dice } from './dice.ts';
import type { KeyNames } from './key-names.ts';
import type { Question, Result } from './recorder.ts';
import type { WorkloadPlan } from './plan.ts';
import type { Answers, Connection } from './connection.ts';

/** One thing that a client does, in one or two exchanges. */
export interface PlannedOperation {
  readonly question: Question;
  run(connection: Connection, timeoutMs: number): Promise<Result>;
}

/** One command, so that several can be sent at once. */
interface SingleCommand extends PlannedOperation {
  readonly words: readonly ByteString[];
  result(answers: Answers): Result;
}

/** Makes values that nobody else writes. */
type Fresh = () => number;

const listSeparator = ',';

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
    [1, () => single({ f: 'del', key, input: null }, ['DEL', key])],
    [1, () => setIfAbsent(key, fresh())],
    [1, () => expire(key, dice, plan)],
    [3, () => listTransaction(options)],
  ])();
}

/** A read of every key, for the end. */
export function planFinalReads(keys: KeyNames): PlannedOperation[] {
  return [...keys.used].map((key) => (key.startsWith('l') ? transaction([['r', key, null]]) : read(key)));
}

function read(key: string): SingleCommand {
  return single({ f: 'get', key, input: null }, ['GET', key]);
}

function set(key: string, value: number): SingleCommand {
  return single({ f: 'set', key, input: String(value) }, ['SET', key, String(value)]);
}

/** Where clocks go wrong, all that can be said of an expiry is that it does not come before it was asked for. */
const soonest = 1e-9;
/** Servers count in whole milliseconds, at the call and at the end. */
const roundingMs = 2;

function expire(key: string, dice: Dice, { clocksAreRight }: WorkloadPlan): PlannedOperation {
  const ttlMs = 1 + roundingMs + dice.below(dice.pick([10, 1000]));
  const input = clocksAreRight ? ttlMs - roundingMs : soonest;
  return single({ f: 'expire', key, input }, ['PEXPIRE', key, String(ttlMs)]);
}

function setIfAbsent(key: string, value: number): PlannedOperation {
  return single({ f: 'setnx', key, input: String(value) }, ['SETNX', key, String(value)]);
}

function append(key: string, value: number): PlannedOperation {
  const text = `.${value}`;
  return single({ f: 'append', key, input: text }, ['APPEND', key, text]);
}

function single(question: Question, words: readonly ByteString[]): SingleCommand {
  const result = (answers: Answers): Result => resultOf(answers, question.f === 'get', jsonOf);
  return {
    question,
    words,
    result,
    run: async (connection, timeoutMs) => result(await connection.ask([words], timeoutMs)),
  };
}

/** Commands that are sent at once, each of which happens by itself. */
export interface PlannedPipeline {
  readonly questions: readonly Question[];
  run(connection: Connection, timeoutMs: number): Promise<readonly Result[]>;
}

export function planPipeline({ dice, plan, keys, fresh }: PlanOptions): PlannedPipeline {
  const commands = Array.from({ length: 2 + dice.below(5) }, () => {
    const index = dice.below(plan.keys);
    const key = keys.name('s', index);
    return dice.pick([() => read(key), () => set(key, fresh()), () => increment(keys.name('c', index))])();
  });
  return {
    questions: commands.map(({ question }) => question),
    run: async (connection, timeoutMs) => {
      const answers = await connection.ask(
        commands.map(({ words }) => words),
        timeoutMs,
      );
      return commands.map((command, i) =>
        command.result(
          answers.kind === 'lost' ? answers : { kind: 'answered', replies: [answers.replies[i] as Reply] },
        ),
      );
    },
  };
}

function increment(key: string): SingleCommand {
  return single({ f: 'incr', key, input: null }, ['INCR', key]);
}

/** What a single reply, the last of them, means. */
function resultOf(answers: Answers, isRead: boolean, read: (reply: Reply) => Json | undefined): Result {
  // A read that was not answered did nothing, whatever became of it.
  if (answers.kind === 'lost') return { outcome: isRead ? 'fail' : 'info', reason: 'no answer' };
  const reply = answers.replies.at(-1) as Reply;
  const error = errorOf(reply) ?? answers.replies.map(errorOf).find((text) => text !== undefined);
  if (error !== undefined) return { outcome: isRead || isDefinite(error) ? 'fail' : 'info', reason: error };
  const output = read(reply);
  return output === undefined ? { outcome: 'fail', reason: 'the transaction was aborted' } : { outcome: 'ok', output };
}

function errorOf(reply: Reply): string | undefined {
  return typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'error'
    ? reply.text
    : undefined;
}

/** Codes of errors that come before anything is done. Of any other error nobody knows what it came after. */
const definiteCodes = new Set(
  'ERR UNAVAILABLE LOADING READONLY MASTERDOWN CLUSTERDOWN TRYAGAIN MOVED ASK OOM NOAUTH NOPERM WRONGTYPE BUSY MISCONF EXECABORT'.split(
    ' ',
  ),
);

/** Whether it certainly did not happen. */
function isDefinite(error: string): boolean {
  return definiteCodes.has(error.split(' ', 1).join());
}

function jsonOf(reply: Reply): Json {
  if (reply === null || typeof reply === 'string' || typeof reply === 'number') return reply;
  if (typeof reply === 'object' && 'kind' in reply && reply.kind === 'simple') return reply.text;
  throw new Error(`an answer that nothing asked gives: ${JSON.stringify(reply)}`);
}

/** WATCH, GET, then SET in a transaction: an INCR if nobody came between, else nothing. */
function optimisticIncrement(key: string): PlannedOperation {
  return {
    question: { f: 'incr', key, input: null },
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
      const next = Number(seen.replies[1] ?? 0) + 1;
      const answers = await connection.ask([['MULTI'], ['SET', key, String(next)], ['EXEC']], timeoutMs);
      return resultOf(answers, false, (reply) => (Array.isArray(reply) ? next : undefined));
    },
  };
}

function listTransaction({ dice, plan, keys, fresh }: PlanOptions): PlannedOperation {
  const steps = Array.from({ length: 1 + dice.below(4) }, (): MicroOperation => {
    const key = keys.name('l', dice.below(plan.keys));
    return dice.chance(0.5) ? ['append', key, fresh()] : ['r', key, null];
  });
  return transaction(steps);
}

function transaction(steps: readonly MicroOperation[]): PlannedOperation {
  const commands = steps.map(([f, key, value]) =>
    f === 'append' ? ['APPEND', key, `${listSeparator}${JSON.stringify(value)}`] : ['GET', key],
  );
  const isRead = steps.every(([f]) => f === 'r');
  return {
    question: { f: 'txn', key: null, input: steps },
    run: async (connection, timeoutMs) => {
      const answers = await connection.ask([['MULTI'], ...commands, ['EXEC']], timeoutMs);
      // Null: a WATCH that an earlier operation has left behind was tripped.
      return resultOf(answers, isRead, (reply) =>
        Array.isArray(reply)
          ? steps.map((step, i) => (step[0] === 'append' ? step : ['r', step[1], listOf((reply as Reply[])[i])]))
          : undefined,
      );
    },
  };
}

function listOf(reply: Reply | undefined): readonly number[] {
  return typeof reply === 'string' ? reply.split(listSeparator).slice(1).map(Number) : [];
}
