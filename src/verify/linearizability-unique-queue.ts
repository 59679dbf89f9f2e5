/**
 * Queues whose elements are all different, in near-linear time. What a queue can do wrong with such is known (Henzinger,
 * Sezgin and Vafeiadis, "Aspect-oriented linearizability proofs", 2013): an element comes out twice or from nowhere, two
 * come out in another order than they went in, or the queue is found empty while it never was.
 *
 * An element must stand before another if it was certainly enqueued or certainly dequeued earlier. Both relations are
 * interval orders, so together they have a cycle just where they contradict each other about two elements. Without one,
 * the elements are put in an order, and that order is merged into one of operations, as early as each may come. A dequeue
 * that finds nothing is put at a moment at which no element is certainly in the queue; it then counts as an element that
 * went in and out at that moment.
 *
 * Uncertain enqueues happened if their elements came out, and are left out if not. Uncertain dequeues took the elements
 * that must have left and that nobody got, those first that must have left first; where that leads nowhere another choice
 * may, which is for the search.
 */
import { canonicalJson } from './json.ts';
import type { Operation } from './history.ts';
import type { UniqueVerdict } from './linearizability-unique-writes.ts';

/** An element with the times between which it went in and out; both are one operation where the queue was empty. */
interface Item {
  readonly enqueue: number;
  /** `undefined`: it never left. */
  dequeue: number | undefined;
  readonly inFrom: number;
  inUntil: number;
  outFrom: number;
  outUntil: number;
}

/** `undefined`: it is not such a history, or not for this algorithm. Operations are in order of their calls. */
export function checkUniqueQueue(operations: readonly Operation[]): UniqueVerdict | undefined {
  const enqueued = enqueuedBy(operations);
  if (enqueued === undefined) return undefined;
  const illegal: UniqueVerdict = { verdict: 'illegal' };
  const empties: number[] = [];
  const unknown: number[] = [];
  for (const [index, { f, output, outcome, call, return: returned }] of operations.entries()) {
    if (f !== 'dequeue') continue;
    if (outcome !== 'ok') unknown.push(index);
    else if (output === null) empties.push(index);
    else {
      const item = enqueued.get(canonicalJson(output));
      if (item === undefined || item.dequeue !== undefined || returned < item.inFrom) return illegal;
      takeOut(item, index, call, returned);
    }
  }
  const items = [...enqueued.values()].filter(
    ({ enqueue, dequeue }) => dequeue !== undefined || operations[enqueue]?.outcome === 'ok',
  );
  if (!takeWhatMustHaveLeft(items, unknown, empties, operations)) return illegal;
  const placed = placeEmpties(items, empties, operations);
  const order = placed && inOrder([...items, ...placed]);
  // Another choice of what the uncertain dequeues took may succeed.
  if (order === undefined) return unknown.length === 0 ? illegal : undefined;
  const merged = merge(order);
  return merged && { verdict: 'ok', order: merged };
}

/** `undefined`: something else is done to the queue, or there are two equal elements. */
function enqueuedBy(operations: readonly Operation[]): Map<string, Item> | undefined {
  const items = new Map<string, Item>();
  for (const [enqueue, { f, input, output, call, return: inUntil }] of operations.entries()) {
    if (f === 'dequeue') continue;
    const value = canonicalJson(input);
    if (f !== 'enqueue' || output !== null || items.has(value)) return undefined;
    const never = { dequeue: undefined, outFrom: Infinity, outUntil: Infinity };
    items.set(value, { enqueue, inFrom: call, inUntil, ...never });
  }
  return items;
}

/** It went in before it went out, which narrows both. */
function takeOut(item: Item, dequeue: number, call: number, returned: number): void {
  item.dequeue = dequeue;
  item.outFrom = Math.max(call, item.inFrom);
  item.outUntil = returned;
  item.inUntil = Math.min(item.inUntil, returned);
}

/** `false`: too few uncertain dequeues were called in time. */
function takeWhatMustHaveLeft(
  items: readonly Item[],
  unknown: readonly number[],
  empties: readonly number[],
  operations: readonly Operation[],
): boolean {
  // What went in before something that came out, or before the queue was empty, had left by then.
  const bounds = [
    ...items.map(({ inFrom, outUntil }) => ({ after: inFrom, by: outUntil })),
    ...empties.map((index) => ({ after: callOf(operations, index), by: (operations[index] as Operation).return })),
  ].sort((left, right) => right.after - left.after);
  const left = items
    .filter(({ dequeue }) => dequeue === undefined)
    .sort((one, other) => descending(one.inUntil, other.inUntil));
  let [at, by] = [0, Infinity];
  const overdue: { item: Item; by: number }[] = [];
  for (const item of left) {
    for (let bound = bounds[at]; bound !== undefined && bound.after > item.inUntil; bound = bounds[++at])
      by = Math.min(by, bound.by);
    if (by !== Infinity) overdue.push({ item, by });
  }
  overdue.sort((one, other) => one.by - other.by);
  return overdue.every(({ item, by: deadline }, nth) => {
    const dequeue = unknown[nth];
    if (dequeue === undefined || callOf(operations, dequeue) > deadline) return false;
    takeOut(item, dequeue, callOf(operations, dequeue), deadline);
    return true;
  });
}

function callOf(operations: readonly Operation[], index: number): number {
  return (operations[index] as Operation).call;
}

function descending(left: number, right: number): number {
  return left === right ? 0 : right - left;
}

/** `undefined`: one of them found the queue empty while it never was. */
function placeEmpties(
  items: readonly Item[],
  empties: readonly number[],
  operations: readonly Operation[],
): readonly Item[] | undefined {
  const full = timesOfFullness(items);
  const placed: Item[] = [];
  let at = 0;
  for (const index of empties) {
    const { call, return: returned } = operations[index] as Operation;
    while (at < full.length && (full[at] as Span).until <= call) at++;
    const span = full[at];
    const time = span !== undefined && span.from < call ? span.until : call;
    if (time > returned) return undefined;
    placed.push({ enqueue: index, dequeue: index, inFrom: time, inUntil: time, outFrom: time, outUntil: time });
  }
  return placed;
}

interface Span {
  readonly from: number;
  until: number;
}

/** Without their ends; in order, and no two of them overlap. */
function timesOfFullness(items: readonly Item[]): readonly Span[] {
  const spans: Span[] = [];
  const certain = items.filter(({ inUntil, outFrom }) => inUntil < outFrom);
  for (const { inUntil, outFrom } of certain.sort((left, right) => left.inUntil - right.inUntil)) {
    const last = spans.at(-1);
    if (last !== undefined && inUntil < last.until) last.until = Math.max(last.until, outFrom);
    else spans.push({ from: inUntil, until: outFrom });
  }
  return spans;
}

/** `undefined`: there is none. */
function inOrder(items: readonly Item[]): readonly Item[] | undefined {
  const goesIn = new Window(
    items,
    ({ inFrom }) => inFrom,
    ({ inUntil }) => inUntil,
  );
  const goesOut = new Window(
    items,
    ({ outFrom }) => outFrom,
    ({ outUntil }) => outUntil,
  );
  const order: Item[] = [];
  const ready = new Set<Item>();
  const opened = new Set<Item>();
  const add = (item: Item): void => {
    if (opened.has(item)) ready.add(item);
    else opened.add(item);
  };
  while (order.length < items.length) {
    goesIn.open(add);
    goesOut.open(add);
    const [item] = ready;
    if (item === undefined) return undefined;
    ready.delete(item);
    order.push(item);
    goesIn.close(item);
    goesOut.close(item);
  }
  return order;
}

/** Things with times between which they happen: which could be the next, given which have been. */
class Window<Thing> {
  readonly #byBeginning: readonly Thing[];
  readonly #byEnd: readonly Thing[];
  readonly #from: (thing: Thing) => number;
  readonly #until: (thing: Thing) => number;
  readonly #closed = new Set<Thing>();
  #opened = 0;
  #ended = 0;

  constructor(things: readonly Thing[], from: (thing: Thing) => number, until: (thing: Thing) => number) {
    this.#from = from;
    this.#until = until;
    this.#byBeginning = things.toSorted((left, right) => -descending(from(left), from(right)));
    this.#byEnd = things.toSorted((left, right) => -descending(until(left), until(right)));
  }

  /** Tells once of each that no other one must precede. */
  open(tell: (thing: Thing) => void): void {
    for (let next = this.#byBeginning[this.#opened]; next !== undefined; next = this.#byBeginning[++this.#opened]) {
      if (!this.isOpen(next)) return;
      tell(next);
    }
  }

  isOpen(thing: Thing): boolean {
    let first = this.#byEnd[this.#ended];
    while (first !== undefined && this.#closed.has(first)) first = this.#byEnd[++this.#ended];
    return first === undefined || this.#from(thing) <= this.#until(first);
  }

  close(thing: Thing): void {
    this.#closed.add(thing);
  }
}

interface Event {
  readonly operation: number;
  readonly from: number;
  readonly until: number;
}

/** The operations, each as early as it may come; `undefined`: one of them never may. */
function merge(items: readonly Item[]): readonly number[] | undefined {
  const ins = items.map(({ enqueue, inFrom, inUntil }): Event => ({
    operation: enqueue,
    from: inFrom,
    until: inUntil,
  }));
  const outs = items.map(({ dequeue, outFrom, outUntil }): Event | undefined =>
    dequeue === undefined ? undefined : { operation: dequeue, from: outFrom, until: outUntil },
  );
  const isEmpty = (at: number): boolean => items[at]?.enqueue === items[at]?.dequeue;
  const events = [...ins.filter((_, at) => !isEmpty(at)), ...outs.filter((event) => event !== undefined)];
  const window = new Window(
    events,
    ({ from }) => from,
    ({ until }) => until,
  );
  const order: number[] = [];
  const place = (event: Event): void => {
    order.push(event.operation);
    window.close(event);
  };
  for (let [nextIn, nextOut] = [0, 0]; order.length < events.length;) {
    const [into, out] = [ins[nextIn], outs[nextOut]];
    const atEmpty = isEmpty(nextIn) && nextIn < items.length;
    if (out !== undefined && (nextOut < nextIn || (atEmpty && nextOut === nextIn)) && window.isOpen(out)) {
      place(out);
      if (isEmpty(nextOut)) nextIn++;
      nextOut++;
    } else if (into !== undefined && !atEmpty && window.isOpen(into)) {
      place(into);
      nextIn++;
    } else return undefined;
  }
  return order;
}
