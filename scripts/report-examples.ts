/** Verdicts to show reports by, in the documentation and in tests: always the same, and judged by the real checker. */
import type { History, Json, Operation } from '../src/verify/history.ts';
import { checkLinearizability } from '../src/verify/linearizability.ts';
import { checkListAppend } from '../src/verify/list-append/check.ts';
import { registerModel } from '../src/verify/models/register.ts';
import type { LinearizabilityVerdict, TransactionsVerdict } from '../src/verify/verdict.ts';

/** Registers that behave, but for one read, which another client answers from an old copy. */
export function staleReadVerdict(): LinearizabilityVerdict {
  const operations = [...registerOperations({ clients: 5, keys: ['cart', 'stock', 'user:7'], operations: 90 })];
  const written = new Map<Json, number>();
  const stale = operations.findIndex(({ f, key, outcome, input, output, call }, index) => {
    if (key !== 'stock' || outcome !== 'ok') return false;
    if (f === 'write') written.set(input, index);
    return f === 'read' && written.size > 4 && call > 500 && written.has(output);
  });
  const old = [...written.keys()].at(-4) ?? null;
  operations[stale] = { ...(operations[stale] as Operation), output: old };
  return check(operations);
}

export function largeVerdict(count: number): LinearizabilityVerdict {
  return check(registerOperations({ clients: 30, keys: ['x'], operations: count }));
}

function check(operations: readonly Operation[]): LinearizabilityVerdict {
  const history: History = { model: 'register', initial: undefined, nullReadIsWildcard: false, operations };
  return checkLinearizability(history, registerModel);
}

interface Workload {
  readonly clients: number;
  readonly keys: readonly string[];
  readonly operations: number;
}

/** What clients of correct registers see; each operation takes effect at a moment between its call and its return. */
function registerOperations({ clients, keys, operations }: Workload): readonly Operation[] {
  const random = randomNumbers(7);
  const asked = Array.from({ length: operations }, (_, index) => {
    const client = index % clients;
    const call = Math.floor(index / clients) * 100 + random(60);
    const effect = call + 1 + random(15);
    const key = keys[random(keys.length)] as string;
    const isWrite = random(2) === 0;
    const isLost = isWrite && random(25) === 0;
    return { client, call, effect, return: effect + 1 + random(15), key, isWrite, isLost, value: index };
  });
  const values = new Map<string, Json>();
  const processes = Array.from({ length: clients }, (_, client) => client);
  const seen = new Map<number, Json>();
  for (const one of [...asked].sort((left, right) => left.effect - right.effect)) {
    if (one.isWrite) values.set(one.key, one.value);
    seen.set(one.value, values.get(one.key) ?? null);
  }
  const done = asked.map(({ client, call, return: returned, key, isWrite, isLost, value }): Operation => {
    const process = processes[client] as number;
    if (isLost) processes[client] = process + clients;
    return {
      process,
      f: isWrite ? 'write' : 'read',
      key,
      input: isWrite ? value : null,
      output: isWrite ? null : (seen.get(value) ?? null),
      call,
      return: isLost ? Infinity : returned,
      outcome: isLost ? 'info' : 'ok',
    };
  });
  return done.sort((left, right) => left.call - right.call);
}

/** Whole numbers below a bound, always the same ones (Lehmer's generator). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Three transactions that cannot be ordered, a lost update, and a read of what did not happen. */
export function cycleVerdict(): TransactionsVerdict {
  const operations = [
    transaction(0, 0, 10, [
      ['append', 'x', 1],
      ['append', 'y', 1],
    ]),
    transaction(1, 5, 32, [
      ['r', 'x', [1]],
      ['append', 'y', 2],
    ]),
    transaction(2, 14, 18, [
      ['r', 'y', [1, 2]],
      ['append', 'z', 1],
    ]),
    transaction(0, 20, 42, [
      ['r', 'z', [1]],
      ['r', 'y', [1]],
      ['append', 'x', 2],
    ]),
    { ...transaction(3, 22, 38, [['append', 'v', 9]]), output: null, outcome: 'fail' as const },
    transaction(1, 40, 56, [
      ['r', 'w', []],
      ['append', 'w', 1],
    ]),
    transaction(2, 44, 60, [
      ['r', 'w', []],
      ['append', 'w', 2],
    ]),
    transaction(3, 62, 75, [
      ['r', 'w', [1, 2]],
      ['r', 'v', [9]],
    ]),
  ];
  return checkListAppend({ model: 'list-append', initial: undefined, nullReadIsWildcard: false, operations });
}

function transaction(process: number, call: number, returned: number, steps: Json): Operation {
  return { process, f: 'txn', key: null, input: steps, output: steps, call, return: returned, outcome: 'ok' };
}
