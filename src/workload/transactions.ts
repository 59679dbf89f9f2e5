/**
 * Transactions over lists of numbers, which are strings (`l`) to which something is appended, or lists of Valkey (`r`).
 */
import type { Reply } from '../resp/reply.ts';
import type { ByteString } from '../resp/bytes.ts';
import type { MicroOperation } from '../verify/history.ts';
import { listOfNumbers, natural, resultOfTransaction } from './answers.ts';
import { numbers } from './collection-answers.ts';
import type { PlannedOperation, PlanOptions } from './planned-operation.ts';

export function planTransaction({ dice, plan, keys, fresh }: PlanOptions): PlannedOperation {
  const kinds = plan.types.includes('list') ? ['l', 'r'] : ['l'];
  const steps = Array.from({ length: 1 + dice.below(4) }, (): MicroOperation => {
    const key = keys.name(dice.pick(kinds), dice.below(plan.keys));
    return dice.chance(0.5) ? ['append', key, fresh()] : ['r', key, null];
  });
  const written = new Set(steps.flatMap(([f, key]) => (f === 'append' ? [key] : [])));
  if (written.size === 0) return transaction(steps);
  return { ...transaction(steps), readBack: transaction([...written].map((key) => ['r', key, null])) };
}

export function transaction(steps: readonly MicroOperation[]): PlannedOperation {
  const commands = steps.map(commandOf);
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

function commandOf([f, key, value]: MicroOperation): readonly ByteString[] {
  if (isList(key)) return f === 'append' ? ['RPUSH', key, JSON.stringify(value)] : ['LRANGE', key, '0', '-1'];
  return f === 'append' ? ['APPEND', key, `,${JSON.stringify(value)}`] : ['GET', key];
}

function microResult(step: MicroOperation, reply: Reply): MicroOperation {
  const [f, key] = step;
  if (f === 'r') return ['r', key, isList(key) ? numbers(reply) : listOfNumbers(reply)];
  natural(reply);
  return step;
}

function isList(key: string): boolean {
  return key.startsWith('r');
}
