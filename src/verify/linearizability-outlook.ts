/**
 * Sees whether the search is lost already, by the model's lookahead: along the timeline come observations, and none of
 * them may be out of reach of the present state, by what can still happen before it returns.
 */
import type { Timeline } from './linearizability-timeline.ts';
import type { UncertainOperations } from './linearizability-uncertain.ts';
import type { Automaton, Lookahead } from './models/model.ts';

/** Far enough for the next observations among many clients. */
export const outlookNodesMax = 256;

const roles = { extends: 0, observes: 1, resets: 2 } as const;

export function outlookOf<State>(
  { lookahead }: Automaton<State>,
  certain: readonly number[],
  timeline: Timeline,
): Outlook<State> | undefined {
  return lookahead === undefined ? undefined : new Outlook(lookahead, certain, timeline);
}

export class Outlook<State> {
  /** It looks at nothing that returns at this time or later. */
  horizon = Infinity;
  /** How many observations it looks at: few are found out quickly, and many find out more. */
  observationsMax = outlookNodesMax;
  readonly #lookahead: Lookahead<State>;
  /** Indexes of operations. */
  readonly #certain: readonly number[];
  readonly #timeline: Timeline;
  readonly #roles: Uint8Array;
  /** Resets that stand before the observation in question; kept, so that nothing is allocated at every step. */
  readonly #resets: number[] = [];

  constructor(lookahead: Lookahead<State>, certain: readonly number[], timeline: Timeline) {
    this.#lookahead = lookahead;
    this.#certain = certain;
    this.#timeline = timeline;
    this.#roles = Uint8Array.from(certain, (operation) => roles[lookahead.role(operation)]);
  }

  isLost(state: State, uncertain: UncertainOperations): boolean {
    const timeline = this.#timeline;
    this.#resets.length = 0;
    let observations = 0;
    let node = timeline.next(timeline.head);
    for (let left = outlookNodesMax; left > 0 && node !== timeline.end; left--, node = timeline.next(node)) {
      if (timeline.isCall(node)) {
        if (this.#roles[node] === roles.resets) this.#resets.push(this.#certain[node] as number);
        continue;
      }
      const position = node - timeline.count;
      const time = timeline.returnOf(position);
      if (time >= this.horizon || observations === this.observationsMax) return false;
      if (this.#roles[position] !== roles.observes) continue;
      observations++;
      const operation = this.#certain[position] as number;
      if (!this.#lookahead.compatible(state, operation) && !this.#resetLeadsTo(operation, time, uncertain)) return true;
    }
    return false;
  }

  #resetLeadsTo(observation: number, time: number, uncertain: UncertainOperations): boolean {
    for (const reset of this.#resets) if (this.#lookahead.resetLeadsTo(reset, observation)) return true;
    for (const position of uncertain.resets) {
      if (!uncertain.calledBy(position, time)) return false;
      if (uncertain.isUsed(position)) continue;
      if (this.#lookahead.resetLeadsTo(uncertain.operations[position] as number, observation)) return true;
    }
    return false;
  }
}
