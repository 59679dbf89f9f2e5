/** What a client can be told to do: what is asked, how, and what the answers mean for the history. */
import type { ByteString } from '../resp/bytes.ts';
import { resultOfOne, type Reading } from './answers.ts';
import type { Answers, Connection } from './connection.ts';
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
export interface SingleCommand extends PlannedOperation {
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

/** A command that changes nothing. */
export function read(question: Question, words: readonly ByteString[], reading: Reading): SingleCommand {
  return single(question, words, reading, true);
}

/** @param readBack reads what it has written */
export function write(
  question: Question,
  words: readonly ByteString[],
  reading: Reading,
  readBack: PlannedOperation,
): SingleCommand {
  return { ...single(question, words, reading, false), readBack };
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

/** All that can be said of how long something takes where clocks go wrong. */
const soonestMs = 1e-9;
/** Servers count in whole milliseconds, at the call and at the end. */
const roundingMs = 2;

/** A time that a server is told, and what the history knows of it: it is not over earlier. */
export interface PlannedTime {
  readonly ms: number;
  readonly knownMs: number;
}

export function planTime(dice: Dice, { clocksAreRight }: WorkloadPlan, msMax: number): PlannedTime {
  const ms = 1 + roundingMs + dice.below(msMax);
  return { ms, knownMs: clocksAreRight ? ms - roundingMs : soonestMs };
}

/** So long some wait for what others do; far less than they wait for an answer, also where several do so in turn. */
export function planWait(dice: Dice, plan: WorkloadPlan): PlannedTime & { readonly seconds: string } {
  const time = planTime(dice, plan, dice.pick([20, Math.min(400, Math.floor(plan.replyTimeoutMs / 8))]));
  return { ...time, seconds: String(time.ms / 1000) };
}
