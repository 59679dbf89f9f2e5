/**
 * The calls and returns of one object's operations in order of time, as a doubly linked list out of which operations
 * are lifted as they are linearized and put back when the search backs up: Lowe's arrangement of Wing and Gong's
 * search (Gavin Lowe, "Testing for linearizability", 2017).
 *
 * Node `i` is the call of the operation `i`, node `count + i` its return; intervals are closed, so at one time calls
 * stand before returns. Lifted operations must be put back in reverse order.
 */
import type { Operation } from './history.ts';

export class Timeline {
  readonly count: number;
  readonly #returns: Float64Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** In order of their calls. */
  constructor(operations: readonly Operation[]) {
    const count = operations.length;
    this.count = count;
    this.#returns = Float64Array.from(operations, (operation) => operation.return);
    const timeOf = (node: number): number =>
      node < count ? (operations[node] as Operation).call : (operations[node - count] as Operation).return;
    const order = Int32Array.from({ length: 2 * count }, (_, node) => node).sort((left, right) => {
      const [leftTime, rightTime] = [timeOf(left), timeOf(right)];
      // The numbers of calls are smaller than those of returns, and in order.
      return leftTime === rightTime ? left - right : leftTime - rightTime;
    });
    this.#next = new Int32Array(2 * count + 2);
    this.#previous = new Int32Array(2 * count + 2);
    let last = 2 * count;
    for (const node of order) last = this.#link(last, node);
    this.#link(last, this.end);
  }

  /** The node before the first. */
  get head(): number {
    return 2 * this.count;
  }

  /** The node after the last. */
  get end(): number {
    return 2 * this.count + 1;
  }

  get isEmpty(): boolean {
    return this.next(this.head) === this.end;
  }

  next(node: number): number {
    return this.#next[node] as number;
  }

  /** The time at which an operation returns. */
  returnOf(operation: number): number {
    return this.#returns[operation] as number;
  }

  isCall(node: number): boolean {
    return node < this.count;
  }

  isLifted(operation: number): boolean {
    return this.#next[this.#previous[operation] as number] !== operation;
  }

  /** The operation that must be linearized before anything that was called later. Only where the list is not empty. */
  get firstToReturn(): number {
    let node = this.next(this.head);
    while (this.isCall(node)) node = this.next(node);
    return node - this.count;
  }

  lift(operation: number): void {
    this.#unlink(operation);
    this.#unlink(operation + this.count);
  }

  unlift(operation: number): void {
    this.#relink(operation + this.count);
    this.#relink(operation);
  }

  #link(left: number, right: number): number {
    this.#next[left] = right;
    this.#previous[right] = left;
    return right;
  }

  #unlink(node: number): void {
    this.#link(this.#previous[node] as number, this.#next[node] as number);
  }

  /** It still knows its neighbours of then, which are its neighbours again. */
  #relink(node: number): void {
    this.#next[this.#previous[node] as number] = node;
    this.#previous[this.#next[node] as number] = node;
  }
}
