/**
 * Whether the operations of one object can be put in an order that respects real time and gives the answers they got:
 * the search of Wing and Gong ("Testing and verifying concurrent objects", 1993) with Lowe's improvements ("Testing for
 * linearizability", 2017) as in Porcupine, and with what uncertain operations ask for.
 *
 * The search goes from configuration to configuration: which operations have been linearized, and the state after them.
 * From one it goes on with any operation that nobody unlinearized returned before, if the model allows it. It backs up
 * when there is none left, never enters what is dominated by what it has entered, and has won when all certain
 * operations are linearized. What it leaves out, it can leave out because the same or more is possible elsewhere:
 *
 * 1. A certain operation that is possible and never changes anything goes first and alone: later could only be harder.
 * 2. Uncertain operations are tried after the certain ones, and never where they change nothing.
 * 3. An uncertain operation comes before another one only if that makes a difference to that one or to the state.
 * 4. Of interchangeable uncertain operations the first is used first.
 * 5. Where the model can look ahead, states from which the next observation can no longer be reached are left.
 *
 * Long runs of uncertain operations are rarely what a history needs, and there are many: they are tried only when runs of
 * few have failed.
 */
import type { Operation } from './history.ts';
import { ConfigurationCache } from './linearizability-cache.ts';
import { linearizationOf, LongestPaths, type PathNode } from './linearizability-paths.ts';
import { StateTable } from './linearizability-states.ts';
import { Timeline } from './linearizability-timeline.ts';
import { UncertainOperations } from './linearizability-uncertain.ts';
import { mix } from './models/hash.ts';
import type { Automaton } from './models/model.ts';
import type { LinearizationStep, Verdict } from './verdict.ts';

export interface SearchLimits {
  /** Steps of the model. */
  readonly stepsMax: number;
  readonly memoryBytesMax: number;
  /** Asked every few thousand steps. */
  isOver(): boolean;
}

/** Lengths of runs of uncertain operations, tried one after another. */
const runsMax = [1, 2, 4, Infinity];
/** Steps for partial linearizations that show what went wrong. */
const illustrationStepsMax = 50_000;
/** How far the lookahead looks along the timeline: far enough for the next observation among many clients. */
const lookaheadNodesMax = 256;
const stepsBetweenQuestions = 4096;
/** Of an entry of the tree of linearizations. */
const pathNodeBytes = 56;

/** A configuration on the path, and what has not yet been tried from it. */
interface Frame {
  /** What led here: a certain operation, or `certain count + position` of an uncertain one; -1 at the root. */
  action: number;
  state: number;
  frontier: number;
  hash: number;
  /** How many uncertain operations have led here since the last certain one. */
  run: number;
  /** Into the stack of candidates: those of this frame begin there, and the next to try. */
  start: number;
  cursor: number;
  uncertainListed: boolean;
  path: PathNode | undefined;
  /** The longest path that was tried beyond this frame. */
  longest: PathNode | undefined;
}

export class Search<State> {
  readonly #automaton: Automaton<State>;
  readonly #limits: SearchLimits;
  /** Operations that did take place, by index, in order of their calls. */
  readonly #certain: readonly number[];
  readonly #returns: Float64Array;
  readonly #timeline: Timeline;
  readonly #uncertain: UncertainOperations;
  readonly #states: StateTable<State>;
  readonly #cache = new ConfigurationCache();
  readonly #paths = new LongestPaths();
  readonly #holes: Int32Array;
  readonly #frames: Frame[] = [];
  #depth = 0;
  /** Pairs: an action and the number of the state after it. */
  readonly #candidates: number[] = [];
  #steps = 0;
  #stepsMax = 0;
  #nextQuestion = 0;
  #entered = 0;
  #runMax = 0;
  #horizon = Infinity;
  /** Whether something was left out that could have led to success. */
  #cutShort = false;

  constructor(operations: readonly Operation[], automaton: Automaton<State>, limits: SearchLimits) {
    this.#automaton = automaton;
    this.#limits = limits;
    this.#certain = operations.flatMap(({ outcome }, index) => (outcome === 'ok' ? [index] : []));
    const certain = this.#certain.map((index) => operations[index] as Operation);
    this.#returns = Float64Array.from(certain, (operation) => operation.return);
    this.#timeline = new Timeline(certain);
    this.#uncertain = new UncertainOperations(operations, automaton);
    this.#states = new StateTable(automaton);
    this.#holes = new Int32Array(certain.length);
  }

  /** How many steps of the model it has taken. */
  get steps(): number {
    return this.#steps;
  }

  run(): { readonly verdict: Verdict; readonly linearizations: readonly (readonly LinearizationStep[])[] } {
    let verdict: Verdict = 'unknown';
    this.#stepsMax = this.#limits.stepsMax;
    for (const runMax of runsMax) {
      this.#runMax = runMax;
      verdict = this.#explore();
      if (verdict !== 'illegal' || !this.#cutShort) break;
    }
    const linearizations = verdict === 'ok' ? [this.#complete()] : this.#paths.linearizations(this.#describe());
    return { verdict, linearizations };
  }

  /**
   * What can be linearized of a history that is known to be illegal. Without looking at what returns at `horizon` or
   * later: the lookahead would leave the path long before the operation that is the trouble.
   */
  illustrate(horizon: number): readonly (readonly LinearizationStep[])[] {
    this.#horizon = horizon;
    this.#runMax = 1;
    this.#stepsMax = Math.min(this.#limits.stepsMax, illustrationStepsMax);
    this.#explore();
    return this.#paths.linearizations(this.#describe());
  }

  #explore(): Verdict {
    this.#cache.clear();
    this.#entered = 0;
    this.#cutShort = false;
    this.#depth = 0;
    this.#candidates.length = 0;
    this.#push(-1, this.#states.number(this.#automaton.initial));
    while (!this.#timeline.isEmpty) {
      if (this.#isOver()) return this.#unwind('unknown');
      const frame = this.#top;
      if (frame.cursor < this.#candidates.length) {
        const action = this.#candidates[frame.cursor++] as number;
        this.#enter(action, this.#candidates[frame.cursor++] as number);
      } else if (!frame.uncertainListed) {
        this.#listUncertain(frame);
      } else if (this.#depth === 1) {
        return this.#unwind('illegal');
      } else {
        this.#pop();
      }
    }
    return 'ok';
  }

  get #top(): Frame {
    return this.#frames[this.#depth - 1] as Frame;
  }

  #isOver(): boolean {
    if (this.#steps >= this.#stepsMax) return true;
    if (this.#steps < this.#nextQuestion) return false;
    this.#nextQuestion = this.#steps + stepsBetweenQuestions;
    const bytes = this.#cache.bytes + this.#states.bytes + this.#entered * pathNodeBytes;
    return bytes > this.#limits.memoryBytesMax || this.#limits.isOver();
  }

  /** Puts everything back, so that another exploration can begin. */
  #unwind(verdict: Verdict): Verdict {
    while (this.#depth > 1) this.#pop();
    return verdict;
  }

  #enter(action: number, state: number): void {
    const { frontier, hash, run, path } = this.#top;
    this.#lift(action);
    const certain = action < this.#certain.length;
    const newFrontier = certain ? Math.max(frontier, action + 1) : frontier;
    const newHash = certain ? hash ^ mix(action + 1) : hash;
    const isNew = this.#cache.enter({
      hash: newHash,
      state,
      frontier: newFrontier,
      holes: this.#holes,
      holeCount: this.#findHoles(newFrontier),
      used: this.#uncertain.used,
    });
    if (!isNew || this.#isLost(state)) {
      this.#unlift(action);
      return;
    }
    this.#entered++;
    const operation = this.#operationOf(action);
    const length = (path?.length ?? 0) + 1;
    this.#push(action, state, newFrontier, newHash, certain ? 0 : run + 1, {
      previous: path,
      operation,
      state,
      length,
    });
  }

  #push(action: number, state: number, frontier = 0, hash = 0, run = 0, path?: PathNode): void {
    const start = this.#candidates.length;
    const uncertainListed = false;
    const frame: Frame = {
      action,
      state,
      frontier,
      hash,
      run,
      start,
      cursor: start,
      uncertainListed,
      path,
      longest: path,
    };
    this.#frames[this.#depth++] = frame;
    this.#listCertain(frame);
  }

  #pop(): void {
    const { action, start, longest } = this.#top;
    this.#depth--;
    this.#candidates.length = start;
    this.#unlift(action);
    if (longest === undefined) return;
    this.#paths.offer(this.#operationOf(action), longest);
    const frame = this.#top;
    if (longest.length > (frame.longest?.length ?? 0)) frame.longest = longest;
  }

  #listCertain(frame: Frame): void {
    const from = this.#states.state(frame.state);
    for (
      let node = this.#timeline.next(this.#timeline.head);
      this.#timeline.isCall(node);
      node = this.#timeline.next(node)
    ) {
      this.#steps++;
      const next = this.#automaton.step(from, this.#certain[node] as number);
      if (next === undefined) continue;
      const state = this.#states.number(next);
      if (state === frame.state && this.#automaton.changesNothing?.(this.#certain[node] as number) === true) {
        this.#candidates.length = frame.start;
        this.#candidates.push(node, state);
        frame.uncertainListed = true;
        return;
      }
      if (!this.#isNeedless(frame, node, state)) this.#candidates.push(node, state);
    }
  }

  /** Those called last are tried first: most that take place do so soon. */
  #listUncertain(frame: Frame): void {
    frame.uncertainListed = true;
    const available = this.#uncertain.available(this.#returns[this.#timeline.firstToReturn] as number);
    if (frame.run === this.#runMax) {
      this.#cutShort ||= available.length > 0;
      return;
    }
    const from = this.#states.state(frame.state);
    for (const position of available.reverse()) {
      this.#steps++;
      const next = this.#automaton.step(from, this.#uncertain.operations[position] as number);
      if (next === undefined) continue;
      const state = this.#states.number(next);
      const action = this.#certain.length + position;
      if (state !== frame.state && !this.#isNeedless(frame, action, state)) this.#candidates.push(action, state);
    }
  }

  /**
   * Whether the uncertain operation that led to this frame need not have come before this one: it leads to the same
   * state without it, or with it coming right after.
   */
  #isNeedless(frame: Frame, action: number, state: number): boolean {
    if (frame.run === 0) return false;
    this.#steps++;
    const before = this.#frames[this.#depth - 2] as Frame;
    const without = this.#automaton.step(this.#states.state(before.state), this.#operationOf(action));
    if (without === undefined) return false;
    const here = this.#states.state(state);
    if (this.#automaton.equals(without, here)) return true;
    // Of two uncertain ones that could change places, the one called first comes first.
    if (action > frame.action && action >= this.#certain.length) return false;
    const after = this.#automaton.step(without, this.#operationOf(frame.action));
    return after !== undefined && this.#automaton.equals(after, here);
  }

  /** Whether one of the next observations cannot be reached from this state, whatever is still to come before it. */
  #isLost(state: number): boolean {
    const { lookahead } = this.#automaton;
    if (lookahead === undefined) return false;
    const timeline = this.#timeline;
    const resets: number[] = [];
    let node = timeline.next(timeline.head);
    for (let left = lookaheadNodesMax; left > 0 && node !== timeline.end; left--, node = timeline.next(node)) {
      const certain = timeline.isCall(node) ? node : node - timeline.count;
      const operation = this.#certain[certain] as number;
      const role = lookahead.role(operation);
      if (timeline.isCall(node)) {
        if (role === 'resets') resets.push(operation);
        continue;
      }
      const time = this.#returns[certain] as number;
      if (time >= this.#horizon) return false;
      const isReachable =
        role !== 'observes' ||
        lookahead.compatible(this.#states.state(state), operation) ||
        resets.some((reset) => lookahead.resetLeadsTo(reset, operation)) ||
        this.#uncertainResetLeadsTo(operation, time);
      if (!isReachable) return true;
    }
    return false;
  }

  #uncertainResetLeadsTo(observation: number, time: number): boolean {
    const uncertain = this.#uncertain;
    return uncertain.resets.some(
      (position) =>
        !uncertain.isUsed(position) &&
        uncertain.calledBy(position, time) &&
        this.#automaton.lookahead?.resetLeadsTo(uncertain.operations[position] as number, observation),
    );
  }

  /** Certain operations before the frontier that are not linearized: they all stand before the first return. */
  #findHoles(frontier: number): number {
    let count = 0;
    for (let node = this.#timeline.next(this.#timeline.head); node < frontier; node = this.#timeline.next(node)) {
      this.#holes[count++] = node;
    }
    return count;
  }

  #lift(action: number): void {
    if (action < this.#certain.length) this.#timeline.lift(action);
    else this.#uncertain.lift(action - this.#certain.length);
  }

  #unlift(action: number): void {
    if (action < this.#certain.length) this.#timeline.unlift(action);
    else this.#uncertain.unlift(action - this.#certain.length);
  }

  #operationOf(action: number): number {
    const count = this.#certain.length;
    return (action < count ? this.#certain[action] : this.#uncertain.operations[action - count]) as number;
  }

  #complete(): readonly LinearizationStep[] {
    const { path } = this.#top;
    return path === undefined ? [] : linearizationOf(path, this.#describe());
  }

  #describe(): (state: number) => string {
    const described = new Map<number, string>();
    return (state) => {
      const text = described.get(state) ?? this.#automaton.describe(this.#states.state(state));
      described.set(state, text);
      return text;
    };
  }
}
