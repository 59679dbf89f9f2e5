/** `CLIENT PAUSE`: holds back the commands of all connections, or only those that may write, until a time. */
import type { ExecutableCommand } from '../commands/command.ts';
import type { Environment, Timer } from '../environment/environment.ts';
import type { ClientSession } from './client-session.ts';

export class Pause {
  readonly #environment: Environment;
  readonly #held = new Set<ClientSession>();
  #mode: 'write' | 'all' | undefined;
  #until = 0;
  #timer: Timer | undefined;
  readonly #onEnd: () => void;

  constructor(environment: Environment, onEnd: () => void) {
    this.#environment = environment;
    this.#onEnd = onEnd;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  get isOn(): boolean {
    return this.#mode !== undefined;
  }

  /** As in Valkey, a second pause may make the first longer or wider, never shorter or narrower. */
  begin(until: number, mode: 'write' | 'all'): void {
    this.#until = Math.max(this.#until, until);
    this.#mode = this.#mode === 'all' ? 'all' : mode;
    const { clock, timers } = this.#environment;
    if (this.#timer !== undefined) timers.clear(this.#timer);
    this.#timer = timers.set(
      () => {
        this.end();
      },
      Math.min(Math.max(0, this.#until - clock.now()), 2 ** 31 - 1),
    );
  }

  end(): void {
    if (this.#timer !== undefined) this.#environment.timers.clear(this.#timer);
    this.#timer = undefined;
    this.#mode = undefined;
    this.#until = 0;
    const held = [...this.#held];
    this.#held.clear();
    this.#onEnd();
    for (const session of held) session.resume();
  }

  holdsBack(command: ExecutableCommand, session: ClientSession): boolean {
    if (this.#mode === 'write' && !mayWrite(command, session)) return false;
    this.#held.add(session);
    return true;
  }

  forget(session: ClientSession): void {
    this.#held.delete(session);
  }
}

function mayWrite(command: ExecutableCommand, session: ClientSession): boolean {
  if (command.name === 'EXEC')
    return session.transaction?.commands.some((queued) => mayWrite(queued.command, session)) ?? false;
  return command.flags.includes('write') || command.flags.includes('may_replicate');
}
