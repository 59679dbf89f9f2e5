/**
 * Which transactions must come before which because of what they read and appended (Adya's dependencies):
 *
 * - write-write: whose element stands earlier in the spine was earlier; whoever appended what nobody read came after it;
 * - write-read: a reader comes after whoever appended the last element that it read;
 * - read-write: a reader comes before whoever appended the next one, and before those whose appends nobody read.
 *
 * Where it is not known who appended an element, the edges skip it: what remains is true all the same. Where it is known
 * of all and the lists have no faults by themselves, these edges are complete: any order that keeps them explains
 * every read, so the history is serializable if and only if they have no cycle.
 *
 * An uncertain transaction that nobody saw may be left out of any order. It need not be left out here: nothing that was
 * read or returned comes after it, so it is in no cycle.
 */
import type { Append } from './appends.ts';
import type { GraphBuilder } from './graph.ts';
import type { View } from './transactions.ts';
import type { Deviation, VersionOrder } from './version-order.ts';
import { nameOf, showKey, showRead, showValue } from './wording.ts';

export function addDependencies(order: VersionOrder, graph: GraphBuilder): void {
  new KeyDependencies(order, graph).add();
}

class KeyDependencies {
  readonly #order: VersionOrder;
  readonly #graph: GraphBuilder;
  /** The appends of the spine of which it is known whose they are, in order, with their positions in it. */
  readonly #known: readonly { readonly position: number; readonly append: Append }[];
  /** By number of elements that were read: how many of those are before. */
  readonly #knownBefore: Int32Array;

  constructor(order: VersionOrder, graph: GraphBuilder) {
    this.#order = order;
    this.#graph = graph;
    this.#known = order.sources.flatMap((source, position) =>
      source.kind === 'append' ? [{ position, append: source.append }] : [],
    );
    this.#knownBefore = new Int32Array(order.sources.length + 1);
    for (const { position } of this.#known) this.#knownBefore[position + 1] = 1;
    for (let at = 1; at < this.#knownBefore.length; at++) {
      this.#knownBefore[at] = (this.#knownBefore[at] as number) + (this.#knownBefore[at - 1] as number);
    }
  }

  add(): void {
    this.#addWriteWrite();
    const readersOfAll: View[] = [];
    for (const view of this.#order.views) {
      if (!view.isExternal) continue;
      const before = this.#knownBefore[view.baseLength] as number;
      this.#addWriteRead(view, this.#known[before - 1]?.append);
      this.#addReadWrite(view, before, readersOfAll);
    }
    for (const deviation of this.#order.deviations) this.#addDeviation(deviation, readersOfAll);
    this.#addReadersBeforeUnread(readersOfAll);
  }

  #addWriteWrite(): void {
    const { key, spine } = this.#order;
    const reason = (before: Append, after: Append) => (): string =>
      `${nameOf(before.transaction)} appended ${showValue(before.value)} to ${showKey(key)} before ` +
      `${nameOf(after.transaction)} appended ${showValue(after.value)}: ` +
      `${showRead(spine?.transaction ?? 0, key, spine?.list ?? [])}.`;
    for (let at = 1; at < this.#known.length; at++) {
      const [before, after] = [this.#known[at - 1]?.append as Append, this.#known[at]?.append as Append];
      const [from, to] = [before.transaction, after.transaction];
      this.#graph.add({ from, to, kind: 'write-write', reason: reason(before, after) });
    }
    const last = this.#known.at(-1)?.append;
    if (last === undefined) return;
    for (const after of this.#order.unread) {
      this.#graph.add({
        from: last.transaction,
        to: after.transaction,
        kind: 'write-write',
        reason: () =>
          `${nameOf(last.transaction)} appended ${showValue(last.value)} to ${showKey(key)} before ` +
          `${nameOf(after.transaction)} appended ${showValue(after.value)}, which is in no list that was read.`,
      });
    }
  }

  #addWriteRead(view: View, last: Append | undefined): void {
    if (last === undefined) return;
    this.#graph.add({
      from: last.transaction,
      to: view.transaction,
      kind: 'write-read',
      reason: () =>
        `${showRead(view.transaction, view.key, view.list)}, to which ${nameOf(last.transaction)} had appended ` +
        `${showValue(last.value)} before.`,
    });
  }

  /** `before`: how many of the known appends of the spine it read. */
  #addReadWrite(view: View, before: number, readersOfAll: View[]): void {
    const next = this.#known[before]?.append;
    if (next === undefined) {
      readersOfAll.push(view);
      return;
    }
    this.#graph.add({
      from: view.transaction,
      to: next.transaction,
      kind: 'read-write',
      reason: () => missed(view, next),
    });
  }

  /** Its last element says what it comes after and, if the spine has it too, what it comes before. */
  #addDeviation({ view, sources }: Deviation, readersOfAll: View[]): void {
    if (!view.isExternal) return;
    const last = sources[view.baseLength - 1];
    this.#addWriteRead(view, last?.kind === 'append' ? last.append : undefined);
    const value = view.list[view.baseLength - 1];
    const position = value === undefined ? -1 : this.#order.positionOf(value);
    if (position !== undefined) this.#addReadWrite(view, this.#knownBefore[position + 1] as number, readersOfAll);
  }

  /**
   * Whoever read all of the spine comes before whoever appended what nobody read; over relays, as both may be many. A
   * transaction may be both, and must not come before itself: then it takes other ways than the ones that are only one.
   * Two that are both come before each other, which is a violation; a ring of them says so.
   */
  #addReadersBeforeUnread(readersOfAll: readonly View[]): void {
    if (this.#order.unread.length === 0 || readersOfAll.length === 0) return;
    const viewOf = new Map(readersOfAll.map((view) => [view.transaction, view]));
    // The first append of a transaction stands for all of them.
    const appendOf = new Map([...this.#order.unread].reverse().map((append) => [append.transaction, append]));
    const [readers, both] = split(viewOf.keys(), (transaction) => appendOf.has(transaction));
    const [appenders] = split(appendOf.keys(), (transaction) => viewOf.has(transaction));
    const reason = (from: number, to: number): string => missed(viewOf.get(from) as View, appendOf.get(to) as Append);
    const kind = 'read-write';
    const connect = (froms: readonly number[], tos: readonly number[]): void => {
      if (froms.length === 0 || tos.length === 0) return;
      const relay = this.#graph.addRelay();
      for (const from of froms) this.#graph.add({ from, to: relay, kind, reason });
      for (const to of tos) this.#graph.add({ from: relay, to, kind, reason });
    };
    connect(readers, [...appenders, ...both]);
    connect(both, appenders);
    for (const [at, from] of both.entries()) {
      this.#graph.add({ from, to: both[(at + 1) % both.length] as number, kind, reason });
      if (at > 0) this.#graph.add({ from, to: both[at - 1] as number, kind, reason });
    }
  }
}

/** Those for which it is false, and those for which it is true. */
function split(
  all: Iterable<number>,
  isSecond: (one: number) => boolean,
): readonly [readonly number[], readonly number[]] {
  const [first, second]: [number[], number[]] = [[], []];
  for (const one of all) (isSecond(one) ? second : first).push(one);
  return [first, second];
}

/** Why a reader comes before an append. */
export function missed(view: View, append: Append): string {
  return (
    `${showRead(view.transaction, view.key, view.list)}, without ${showValue(append.value)}, which ` +
    `${nameOf(append.transaction)} appended.`
  );
}
