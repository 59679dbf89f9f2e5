/**
 * The anomalies that were found, a bounded number of each name: a broken system breaks the same promise thousands of
 * times, and the first few tell as much.
 */
import type { AnomalyName } from './anomaly-names.ts';
import type { Anomaly, Dependency } from '../verdict.ts';

const ofOneNameMax = 25;

export interface Finding {
  readonly name: AnomalyName;
  readonly transactions: readonly number[];
  /** Asked only if the anomaly is kept, as is its description. */
  readonly cycle?: () => readonly Dependency[];
  readonly describe: () => string;
}

export class AnomalyList {
  readonly #anomalies: Anomaly[] = [];
  readonly #counts = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#anomalies.length === 0;
  }

  get all(): readonly Anomaly[] {
    return this.#anomalies;
  }

  add({ name, transactions, cycle, describe }: Finding): void {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count > ofOneNameMax) return;
    this.#anomalies.push({
      name,
      description: describe(),
      transactions: [...new Set(transactions)],
      cycle: cycle?.() ?? [],
    });
  }

  /** What was found and left out. */
  notes(): readonly string[] {
    return [...this.#counts]
      .filter(([, count]) => count > ofOneNameMax)
      .map(([name, count]) => `${count} anomalies named ${name} were found; the first ${ofOneNameMax} are given.`);
  }
}
