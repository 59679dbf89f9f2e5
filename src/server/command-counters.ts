/** Calls, times and errors by command, for `INFO commandstats` and `errorstats`. */
import type { CommandTable, ExecutableCommand } from '../commands/command.ts';
import { fullName } from '../commands/resolve.ts';
import type { ErrorReply } from '../resp/reply.ts';

export interface CommandCounter {
  readonly name: string;
  calls: number;
  /** Time spent executing, not waiting for the store. */
  durationMs: number;
  rejectedCalls: number;
  failedCalls: number;
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
        this.#counters.set(command, { name, calls: 0, durationMs: 0, rejectedCalls: 0, failedCalls: 0 });
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
    for (const counter of this.#counters.values()) {
      if (counter.calls + counter.rejectedCalls + counter.failedCalls > 0) yield counter;
    }
  }

  countError(reply: ErrorReply): void {
    const code = /^[A-Z][A-Z0-9_]*/.exec(reply.text)?.[0] ?? 'ERR';
    const count = this.errors.get(code);
    if (count !== undefined || this.errors.size < errorKindsMax) this.errors.set(code, (count ?? 0) + 1);
  }
}
