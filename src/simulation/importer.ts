/**
 * Somebody who imports into the database that nodes serve, as `valthree import` does it, while they do: one key, which
 * nobody else writes, so that what must be there in the end is known without any history. That nothing is deleted on
 * behalf of the nodes is watched by the store (`grace-watch.ts`).
 */
import { Keyspace } from '../keyspace/keyspace.ts';
import { JournalLog } from '../log/journal/journal-log.ts';
import { transact, type TransactOutcome } from '../log/transact.ts';
import { leftToNodes } from '../tools/left-to-nodes.ts';
import { planImport, type ImportSummary } from '../tools/plan-import.ts';
import { Dice } from '../workload/dice.ts';
import {
  describeOutcome,
  requestTimeoutMs,
  timeoutMs,
  ToolMachines,
  type ToolMachine,
  type ToolUserOptions,
} from './tool-machines.ts';

const everyMs = 1000;
const key = 'imported';

export class Importer {
  /** Imports that were certainly made. */
  count = 0;
  readonly #options: ToolUserOptions;
  readonly #machines: ToolMachines;
  /** What the key may hold: the newest that certainly is there, or one that came after it. */
  #possible = new Set<string | undefined>([undefined]);
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: ToolUserOptions) {
    this.#options = options;
    this.#machines = new ToolMachines({ ...options, dice: new Dice(options.world.random) });
  }

  begin(): void {
    this.#underWay = this.#goOn();
  }

  async end(): Promise<void> {
    this.#machines.end();
    await this.#underWay;
  }

  /** When all has come to rest: nothing that was imported is lost. */
  check(): void {
    const { store, onBroken } = this.#options;
    const value = store.keyspace()?.database(0).find(key)?.value as string | undefined;
    const possible = [...this.#possible].map(String).join(' or ');
    if (!this.#possible.has(value)) onBroken(`what was imported is ${String(value)}, not ${possible}`);
  }

  async #goOn(): Promise<void> {
    for (let i = 1; i <= this.#options.scenario.imports; i++) {
      await this.#machines.pauseBetween(everyMs);
      if (this.#machines.isOver) return;
      await this.#import(String(i));
    }
  }

  async #import(value: string): Promise<void> {
    const { trace } = this.#options;
    trace.add('importer', `imports ${value}`);
    this.#possible.add(value);
    const outcome = await this.#machines.run((machine) => this.#write(value, machine));
    trace.add('importer', `has imported ${value}: ${describeOutcome(outcome)}`);
    if (outcome?.kind === 'unavailable') this.#possible.delete(value);
    if (outcome?.kind !== 'done') return;
    this.count++;
    this.#possible = new Set([value]);
  }

  async #write(value: string, { environment, store }: ToolMachine): Promise<TransactOutcome<ImportSummary>> {
    const { databaseCount } = this.#options;
    const { clock } = environment;
    const incoming = new Keyspace(databaseCount);
    incoming.apply({ kind: 'setString', db: 0, key, value });
    const keyspace = new Keyspace(databaseCount);
    const place = { store, environment, name: 'db', node: 'import', databaseCount, requestTimeoutMs, mustExist: true };
    const log = new JournalLog({ ...leftToNodes, ...place });
    const opened = await log.open(keyspace, clock.monotonic() + timeoutMs);
    if (opened.kind === 'unavailable') return opened;
    const plan = (): ReturnType<typeof planImport> =>
      planImport(incoming, { keyspace, rule: 'replace', now: clock.now() });
    return transact({ log, keyspace, clock, timeoutMs, plan });
  }
}
