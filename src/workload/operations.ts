/**
 * What clients ask, by the type of the keys. The first letter of a key says what is done to it, and so by which model it
 * is judged. Nothing is told of `b`, ballast.
 */
import { planHashOperation, readHash } from './hash-operations.ts';
import { parts, partKey, type KeyNames } from './key-names.ts';
import { planListOperation, readList } from './list-operations.ts';
import type { ValueType } from './plan.ts';
import type { PlannedOperation, PlanOptions, SingleCommand } from './planned-operation.ts';
import { planSetOperation, readSet } from './set-operations.ts';
import { planSortedSetOperation, readSortedSet } from './sorted-set-operations.ts';
import { get, getCounter, planStringCommand, planStringOperation } from './string-operations.ts';
import { transaction } from './transactions.ts';

const commands: Readonly<Record<ValueType, (options: PlanOptions) => SingleCommand>> = {
  string: planStringCommand,
  hash: planHashOperation,
  list: planListOperation,
  set: planSetOperation,
  'sorted-set': planSortedSetOperation,
};

export function planOperation(options: PlanOptions): PlannedOperation {
  const type = options.dice.pick(options.plan.types);
  return type === 'string' ? planStringOperation(options) : commands[type](options);
}

/** One that can be sent along with others. */
export function planCommand(options: PlanOptions): SingleCommand {
  return commands[options.dice.pick(options.plan.types)](options);
}

/** By the first letter of the key. */
const finalReads: Readonly<Record<string, (key: string) => readonly PlannedOperation[]>> = {
  s: (key) => [get(key)],
  c: (key) => [getCounter(key)],
  l: (key) => [transaction([['r', key, null]])],
  r: (key) => [transaction([['r', key, null]])],
  h: (key) => [readHash(key)],
  q: (key) => parts.map((part) => readList(key, part)),
  m: (key) => parts.map((part) => readSet(key, part)),
  z: (key) => [readSortedSet(key)],
};

/** A read of every key, for the end. */
export function planFinalReads({ used }: KeyNames): PlannedOperation[] {
  return [...used].flatMap((key) => finalReads[key.charAt(0)]?.(key) ?? []);
}

/** The keys that these names stand for. */
export function databaseKeys({ used }: KeyNames): string[] {
  return [...used].flatMap((key) => (/^[qm]/.test(key) ? parts.map((part) => partKey(key, part)) : [key]));
}
