/** Events in the order of their times, those of one time in the order in which they were added: a binary heap. */
export interface SimulatedEvent {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export class EventQueue {
  readonly #heap: SimulatedEvent[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, run: () => void): SimulatedEvent {
    const event = { atMs, order: this.#order++, run, isCancelled: false };
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as SimulatedEvent)) break;
      heap[at] = heap[parent] as SimulatedEvent;
      at = parent;
    }
    heap[at] = event;
    return event;
  }

  /** The next one that is not cancelled, without taking it. */
  peek(): SimulatedEvent | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#pop();
    return this.#heap[0];
  }

  take(): SimulatedEvent | undefined {
    const next = this.peek();
    if (next !== undefined) this.#pop();
    return next;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as SimulatedEvent;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as SimulatedEvent)) child++;
      if (!isBefore(heap[child] as SimulatedEvent, last)) break;
      heap[at] = heap[child] as SimulatedEvent;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: SimulatedEvent, b: SimulatedEvent): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
