/**
 * What the answers of servers mean for a history: done, certainly not done, nobody knows. An answer that the question
 * cannot have, an integer to GET or an EXEC that is one reply short, is a broken promise of its own.
 */
import { isError, type Reply } from '../resp/reply.ts';
import type { Json } from '../verify/history.ts';
import type { Answers } from './connection.ts';
import { describeReply } from './describe-reply.ts';
import type { Result } from './recorder.ts';

/** Reads a reply that is no error. @throws WrongAnswer if nothing that was asked has this answer */
export type Reading = (reply: Reply) => Json;

export class WrongAnswer extends Error {
  constructor(reply: Reply) {
    super(describeReply(reply));
  }
}

export const textOrNull: Reading = (reply) => {
  if (reply === null || typeof reply === 'string') return reply;
  throw new WrongAnswer(reply);
};

/** What INCR has made, or nobody. */
export const countOrNull: Reading = (reply) => {
  if (reply === null || (typeof reply === 'string' && /^[1-9]\d{0,14}$/.test(reply))) return reply;
  throw new WrongAnswer(reply);
};

/** What APPEND has made of `,1` and `,2`; of a key that is not there: no numbers. */
export const listOfNumbers = (reply: Reply): readonly number[] => {
  if (reply === null) return [];
  if (typeof reply === 'string' && /^(,\d{1,15})+$/.test(reply)) return reply.slice(1).split(',').map(Number);
  throw new WrongAnswer(reply);
};

export const done: Reading = (reply) => {
  if (isLine(reply, 'OK')) return 'OK';
  throw new WrongAnswer(reply);
};

export const integer: Reading = (reply) => {
  if (typeof reply === 'number') return reply;
  throw new WrongAnswer(reply);
};

export const natural: Reading = (reply) => {
  if (typeof reply === 'number' && reply >= 0) return reply;
  throw new WrongAnswer(reply);
};

export const zeroOrOne: Reading = (reply) => {
  if (reply === 0 || reply === 1) return reply;
  throw new WrongAnswer(reply);
};

export const pong: Reading = (reply) => {
  if (isLine(reply, 'PONG')) return 'PONG';
  throw new WrongAnswer(reply);
};

/** HELLO tells of the server in pairs, whose number is its own affair. */
export const pairs: Reading = (reply) => {
  if (Array.isArray(reply) ? reply.length % 2 === 0 : isMap(reply)) return null;
  throw new WrongAnswer(reply);
};

/** What is wrong with an answer of which nothing else is of interest; an error may answer anything. */
export function wrongIn(reply: Reply, read: Reading): string | undefined {
  const result = resultOfOne({ kind: 'answered', replies: [reply] }, true, read);
  return result.outcome !== 'ok' && result.isWrong === true ? result.reason : undefined;
}

/** Of a single command. */
export function resultOfOne(answers: Answers, isRead: boolean, read: Reading): Result {
  return attempt(answers, isRead, (replies) => ({ outcome: 'ok', output: read(replies[0] as Reply) }));
}

/** Of `MULTI`, commands and `EXEC`. @param read what EXEC answers, if it did not abort */
export function resultOfTransaction(
  answers: Answers,
  isRead: boolean,
  read: (replies: readonly Reply[]) => Json,
): Result {
  return attempt(answers, isRead, (replies) => {
    const [multi, ...rest] = replies as readonly [Reply, ...Reply[]];
    const queued = rest.slice(0, -1);
    const executed = rest.at(-1) as Reply;
    done(multi);
    for (const reply of queued) if (!isLine(reply, 'QUEUED')) throw new WrongAnswer(reply);
    if (isNull(executed)) return { outcome: 'fail', reason: 'the transaction was aborted' };
    if (!Array.isArray(executed) || executed.length !== queued.length) throw new WrongAnswer(executed);
    // What was queued must do what it was queued for: half a transaction is none.
    if (executed.some((reply: Reply) => isError(reply))) throw new WrongAnswer(executed);
    return { outcome: 'ok', output: read(executed) };
  });
}

function attempt(answers: Answers, isRead: boolean, read: (replies: readonly Reply[]) => Result): Result {
  // A read that was not answered did nothing, whatever became of it.
  const unknown = isRead ? 'fail' : 'info';
  if (answers.kind === 'lost') return { outcome: unknown, reason: 'no answer' };
  const error = errorOf(answers.replies.at(-1)) ?? answers.replies.map(errorOf).find((text) => text !== undefined);
  if (error !== undefined) return { outcome: isDefinite(error) ? 'fail' : unknown, reason: error };
  try {
    return read(answers.replies);
  } catch (cause) {
    if (!(cause instanceof WrongAnswer)) throw cause;
    return { outcome: unknown, reason: cause.message, isWrong: true };
  }
}

export function errorOf(reply: Reply | undefined): string | undefined {
  return reply !== undefined && isError(reply) ? reply.text : undefined;
}

function isLine(reply: Reply, text: string): boolean {
  return (
    typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'simple' && reply.text === text
  );
}

function isMap(reply: Reply): boolean {
  return typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'map';
}

export function isNull(reply: Reply): boolean {
  return reply === null || (typeof reply === 'object' && 'kind' in reply && reply.kind === 'nullArray');
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
