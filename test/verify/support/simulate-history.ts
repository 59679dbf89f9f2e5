/**
 * Histories as concurrent clients would see them: each planned operation takes effect at one moment between its call and
 * its return, on the reference object. So they are legal, but where a plan tells a lie.
 */
import type { History, Json, Operation, Outcome } from '../../../src/verify/history.ts';
import { initialState, referenceObjects, type ReferenceObject } from './reference-objects.ts';

export interface Plan {
  readonly client: number;
  readonly key: string | null;
  readonly f: string;
  readonly input: Json;
  /** Times from one event to the next. */
  readonly think: number;
  readonly beforeEffect: number;
  readonly afterEffect: number;
  /** `lost`: it is uncertain and never takes effect; `late`: it is uncertain and does. */
  readonly fate: 'ok' | 'fail' | 'lost' | 'late';
  /** A certain operation that may do so answers `null`. */
  readonly quiet: boolean;
  /** 0: the true answer; otherwise it answers what another operation has answered or written: which, the number says. */
  readonly lie: number;
}

interface Timed {
  readonly plan: Plan;
  readonly process: number;
  readonly call: number;
  readonly effect: number;
  readonly return: number;
}

const outcomes: Readonly<Record<Plan['fate'], Outcome>> = { ok: 'ok', fail: 'fail', lost: 'info', late: 'info' };

/** How the history begins; left out: as the model says. */
export type Beginning = Partial<Pick<History, 'initial' | 'nullReadIsWildcard'>>;

export function simulateHistory(model: string, plans: readonly Plan[], beginning: Beginning = {}): History {
  const object = referenceObjects[model]!;
  const { initial, nullReadIsWildcard = false } = beginning;
  const timed = schedule(plans);
  const states = new Map<string | null, Json>();
  const outputs = new Map<Timed, Json | undefined>();
  for (const one of timed.toSorted((left, right) => left.effect - right.effect)) {
    const { key, f, input, fate } = one.plan;
    if (fate === 'lost' || fate === 'fail') continue;
    // The first possibility is the one in which nothing has expired.
    const executed = object.execute(
      states.has(key) ? states.get(key)! : initialState(object, initial),
      f,
      input,
      one,
    )[0];
    outputs.set(one, executed?.output);
    if (executed !== undefined) states.set(key, executed.state);
  }
  const operations = timed.map((one) => operationOf(one, answerOf(one, outputs), object));
  operations.sort((left, right) => left.call - right.call);
  return { model, initial, nullReadIsWildcard, operations };
}

/** Each client does one thing after another; after an uncertain operation it is a new process. */
function schedule(plans: readonly Plan[]): readonly Timed[] {
  const clients = new Map<number, { process: number; time: number }>();
  let processes = 0;
  return plans.map((plan) => {
    const known = clients.get(plan.client);
    const { process, time } = known ?? { process: processes++, time: 0 };
    const call = time + plan.think;
    const effect = call + plan.beforeEffect;
    const returned = effect + plan.afterEffect;
    const uncertain = plan.fate === 'lost' || plan.fate === 'late';
    clients.set(plan.client, { process: uncertain ? processes++ : process, time: returned });
    return { plan, process, call, effect, return: returned };
  });
}

function answerOf(one: Timed, outputs: ReadonlyMap<Timed, Json | undefined>): Json | undefined {
  const { f, lie } = one.plan;
  const truth = outputs.get(one);
  if (lie === 0 || truth === undefined) return truth;
  const answers = [...outputs].filter(([{ plan }]) => plan.f === f).map(([, output]) => output);
  const written = [...outputs.keys()].filter(({ plan }) => plan.f === 'write' || plan.f === 'put');
  const reads = f === 'read' || f === 'get';
  const possible = [...answers, ...(reads ? written.map(({ plan }) => plan.input) : [])];
  return possible.filter((answer) => answer !== undefined)[lie % possible.length] ?? truth;
}

/** An operation that was refused (INCR of a word) did not happen. */
function operationOf(one: Timed, answer: Json | undefined, object: ReferenceObject): Operation {
  const { plan, process, call } = one;
  const { key, f, input } = plan;
  const outcome = outcomes[plan.fate];
  if (outcome === 'info') return { process, f, key, input, output: null, call, return: Infinity, outcome };
  const failed = outcome === 'fail' || answer === undefined;
  const silent = failed || (plan.quiet && object.quiet.includes(f));
  const output = silent ? null : answer;
  return { process, f, key, input, output, call, return: one.return, outcome: failed ? 'fail' : outcome };
}
