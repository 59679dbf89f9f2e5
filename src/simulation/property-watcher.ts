/** Counts the properties that the nodes of a run observe in themselves; one that does not hold is a failure. */
import { nodeProperties, type Property, type Watcher } from '../environment/properties.ts';
import type { FaultName } from './scenario.ts';

/** Somebody overwrites the database with something else, or it does not arrive as it is. */
const unreadable: readonly FaultName[] = ['hostileHead', 'truncated', 'corrupted'];

export class PropertyWatcher implements Watcher {
  /** By message: how often it held. */
  readonly held = new Map<string, number>();
  readonly #faults: ReadonlySet<FaultName>;
  readonly #onBroken: (what: string) => void;

  constructor(faults: ReadonlySet<FaultName>, onBroken: (what: string) => void) {
    this.#faults = faults;
    this.#onBroken = onBroken;
  }

  observe(property: Property, holds: boolean): void {
    if (holds) this.held.set(property.message, (this.held.get(property.message) ?? 0) + 1);
    if (property === nodeProperties.databaseReadable && unreadable.some((fault) => this.#faults.has(fault))) return;
    const { kind, message } = property;
    if (kind === 'unreachable' || (kind === 'always' && !holds)) this.#onBroken(`a node saw this broken: ${message}`);
  }
}
