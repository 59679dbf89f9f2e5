/** The operations of all keys under one numbering, and what can be asked of them: which order has a place for which. */
import { describeOperation } from '../display-text.ts';
import type { LinearizabilityData, LinearizationData, OperationRow, PartitionData } from '../report-data.ts';
import type { SceneItem } from './scene.ts';

export interface Located {
  readonly partition: number;
  readonly operation: number;
}

/** An operation's place in a linearization. */
export interface Place {
  /** From 1. */
  readonly step: number;
  readonly before: string | undefined;
  readonly after: string;
}

export class LinearizabilityOperations {
  readonly partitions: readonly PartitionData[];
  /** Of the first operation of each partition. */
  readonly #offsets: readonly number[];

  constructor({ partitions }: LinearizabilityData) {
    this.partitions = partitions;
    let offset = 0;
    this.#offsets = partitions.map(({ operations }) => {
      offset += operations.length;
      return offset - operations.length;
    });
  }

  idOf(partition: number, operation: number): number {
    return (this.#offsets[partition] ?? 0) + operation;
  }

  locate(id: number): Located {
    let [low, high] = [0, this.#offsets.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= id) low = middle;
      else high = middle;
    }
    return { partition: low, operation: id - (this.#offsets[low] ?? 0) };
  }

  row({ partition, operation }: Located): OperationRow | undefined {
    return this.partitions[partition]?.operations[operation];
  }

  /** Of one partition or of all; where keys are mixed, the labels name them. */
  items(partition: number | undefined, isShown: (process: number) => boolean): readonly SceneItem[] {
    const chosen = partition === undefined ? [...this.partitions.keys()] : [partition];
    return chosen.flatMap((index) => {
      const { key, operations } = this.partitions[index] ?? { key: '', operations: [] };
      const prefix = partition === undefined && this.partitions.length > 1 ? `${key}: ` : '';
      return operations.flatMap((row, operation) =>
        isShown(row[0]) ? [{ id: this.idOf(index, operation), row, label: prefix + describeOperation(row) }] : [],
      );
    });
  }

  linearization(partition: number, index: number): LinearizationData | undefined {
    return this.partitions[partition]?.linearizations[index];
  }

  place({ partition, operation }: Located, linearization: number): Place | undefined {
    const steps = this.linearization(partition, linearization)?.steps ?? [];
    const states = this.partitions[partition]?.states ?? [];
    for (let index = 0; index < steps.length; index += 2) {
      if (steps[index] !== operation) continue;
      const before = index === 0 ? undefined : states[steps[index - 1] ?? -1];
      return { step: index / 2 + 1, before, after: states[steps[index + 1] ?? -1] ?? '' };
    }
    return undefined;
  }

  /** The longest order that has a place for it, else the longest that was stopped by it. */
  linearizationOf({ partition, operation }: Located): number | undefined {
    const all = this.partitions[partition]?.linearizations ?? [];
    const having = all.findIndex((_, index) => this.place({ partition, operation }, index) !== undefined);
    if (having !== -1) return having;
    const stopped = all.findIndex(({ stuck }) => stuck === operation);
    return stopped === -1 ? undefined : stopped;
  }

  /** The state in which the linearization ends. */
  endState(partition: number, linearization: number): string | undefined {
    const last = this.linearization(partition, linearization)?.steps.at(-1);
    return last === undefined ? undefined : this.partitions[partition]?.states[last];
  }
}
