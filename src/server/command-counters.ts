/** Calls, times and errors by command, for `INFO commandstats` and `errorstats`. */
import type { CommandTable, ExecutableCommand } from '../commands/command.ts';
import { fullName } from '../commands/resolve.ts';
import type { Clock } from '../environment/environment.ts';
import type { ErrorReply } from '../resp/reply.ts';

/** One call in so many is timed: looking at the clock twice costs as much as a small command. */
const timedEvery = 16;

export class CommandCounter {
  readonly name: string;
  calls = 0;
  rejectedCalls = 0;
  failedCalls = 0;
  #timedCalls = 0;
  #timedMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Whether the next call is to be timed. */
  get isTimed(): boolean {
    return this.calls % timedEvery === 0;
  }

  /** @param startedAt on `clock.monotonic`; NaN: not timed */
  count(startedAt: number, clock: Pick<Clock, 'monotonic'>): void {
    this.calls++;
    if (Number.isNaN(startedAt)) return;
    this.#timedCalls++;
    this.#timedMs += clock.monotonic() - startedAt;
  }

  /** Time spent executing, not waiting for the store: the mean of those that were timed. */
  get meanMs(): number {
    return this.#timedCalls === 0 ? 0 : this.#timedMs / this.#timedCalls;
  }
}

/** As in Valkey: more kinds of errors than that are somebody's play. */
const errorKindsMax = 128;

export class CommandCounters {
  readonly errors = new Map<string, number>();
  #counters = new Map<ExecutableCommand, CommandCounter>();
  readonly #table: CommandTable;

  constructor(table: CommandTable) {
    this.#table = table;
    this.reset();
  }

  reset(): void {
    this.errors.clear();
    this.#counters = new Map();
    for (const row of this.#table.all) {
      const executables = row.kind === 'container' ? [...row.subcommands, ...(row.alone ? [row.alone] : [])] : [row];
      for (const command of executables) {
        const name = fullName(row.name, command);
        const counter = new CommandCounter(name);
        this.#counters.set(command, counter);
        const forms = command.kind === 'session' ? [...(command.dataForms?.values() ?? [])] : [];
        for (const form of forms) this.#counters.set(form, counter);
      }
    }
  }

  nameOf(command: ExecutableCommand): string {
    return this.of(command).name;
  }

  of(command: ExecutableCommand): CommandCounter {
    const counter = this.#counters.get(command);
    if (counter === undefined) throw new Error(`no such row: name=${command.name}`);
    return counter;
  }

  /** Those that have been used. */
  *used(): Generator<CommandCounter, void, undefined> {
    for (const counter of new Set(this.#counters.values())) {
      if (counter.calls + counter.rejectedCalls + counter.failedCalls > 0) yield counter;
    }
  }

  countError(reply: ErrorReply): void {
    const code = /^[A-Z][A-Z0-9_]*/.exec(reply.text)?.[0] ?? 'ERR';
    const count = this.errors.get(code);
    if (count !== undefined || this.errors.size < errorKindsMax) this.errors.set(code, (count ?? 0) + 1);
  }
}
