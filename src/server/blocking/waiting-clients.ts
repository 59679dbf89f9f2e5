/**
 * The blocked clients of a node: who waits for which keys, and who is to be tried when a key has been touched.
 *
 * A blocked command is in the lines of its keys from the execution in which it found nothing, so that no touch after
 * that is missed, to the one in which it finds something (speculatively: a conflict may put it back) or to its end.
 * When keys have been touched, the commands in their lines are executed again at once, in the order of their waiting,
 * by tasks of their own: what another client of this node pushes is popped by the same commit. A command whose task is
 * under way is only marked, and holds up those behind it; it is looked at again when that task has come back.
 */
import type { Wait } from '../../commands/wait.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { TouchObserver } from '../../keyspace/watches.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { WaitingLine } from './waiting-line.ts';

/** A command that has found nothing, at its last execution. */
export interface WaitingCommand {
  /** Its place in the order of all commands that may wait. */
  readonly number: number;
  readonly db: number;
  readonly wait: Wait;
  readonly isUnderWay: boolean;
  /** While it is under way: one of its keys may have something for it. */
  isCalled: boolean;
  /** Executes it again, by a task that is under way from then on. */
  tryAgain(): void;
}

type Line = WaitingLine<WaitingCommand>;

export class WaitingClients implements TouchObserver {
  readonly #keyspace: Keyspace;
  readonly #mayServe: () => boolean;
  readonly #onCount: () => void;
  readonly #lines = new Map<number, Map<ByteString, Line>>();
  /** Touched, and not looked at since. */
  readonly #touched = new Set<Line>();
  /** Their tries have failed for want of the store. */
  readonly #failed = new Set<WaitingCommand>();
  #serving = false;
  #newestNumber = 0;
  #count = 0;

  /**
   * @param mayServe whether commands may be tried now
   * @param onCount is called when `count` has changed
   */
  constructor(keyspace: Keyspace, { mayServe, onCount }: { mayServe: () => boolean; onCount: () => void }) {
    this.#keyspace = keyspace;
    this.#mayServe = mayServe;
    this.#onCount = onCount;
  }

  /** Clients that really wait: it is proven that there was nothing for them. */
  get count(): number {
    return this.#count;
  }

  changeCount(by: 1 | -1): void {
    this.#count += by;
    this.#onCount();
  }

  nextNumber(): number {
    return ++this.#newestNumber;
  }

  /** Puts a command into the lines of its keys, where it is not in them. */
  add(command: WaitingCommand): void {
    const { db, wait } = command;
    let byKey = this.#lines.get(db);
    if (byKey === undefined) this.#lines.set(db, (byKey = new Map<ByteString, Line>()));
    for (const key of wait.keys) {
      let line = byKey.get(key);
      if (line === undefined) byKey.set(key, (line = new WaitingLine(db, key)));
      line.add(command);
    }
    this.#keyspace.watches.observer = this;
  }

  /** Takes it out of them. */
  remove(command: WaitingCommand): void {
    this.#failed.delete(command);
    const byKey = this.#lines.get(command.db);
    if (byKey === undefined) return;
    for (const key of command.wait.keys) {
      const line = byKey.get(key);
      if (line === undefined) continue;
      line.remove(command);
      if (!line.isEmpty) continue;
      byKey.delete(key);
      this.#touched.delete(line);
    }
    if (byKey.size === 0) this.#lines.delete(command.db);
    if (this.#lines.size === 0) this.#keyspace.watches.observer = undefined;
  }

  touch(db: number, key: ByteString): void {
    const line = this.#lines.get(db)?.get(key);
    if (line !== undefined) this.#touched.add(line);
  }

  touchWhere(db: number, isTouched: (key: ByteString) => boolean): void {
    for (const [key, line] of this.#lines.get(db) ?? []) if (isTouched(key)) this.#touched.add(line);
  }

  /** A command that was called is not under way any more: it, or whoever stands behind it, is tried. */
  answerCall(command: WaitingCommand): void {
    command.isCalled = false;
    this.touchKeysOf(command);
    this.serve();
  }

  /** Its lines are looked at again, the next time that any are. */
  touchKeysOf({ db, wait }: WaitingCommand): void {
    for (const key of wait.keys) this.touch(db, key);
  }

  /** The try of a command has failed without effect: it is tried again when the store answers. */
  fail(command: WaitingCommand): void {
    this.#failed.add(command);
  }

  /** The store answers. */
  retryFailed(): void {
    const failed = [...this.#failed];
    this.#failed.clear();
    for (const command of failed) this.answerCall(command);
  }

  /** Tries those whose keys have been touched. */
  serve(): void {
    if (this.#touched.size === 0 || this.#serving || !this.#mayServe()) return;
    this.#serving = true;
    // A command that moves an element touches keys itself: these come behind the others.
    for (const line of this.#touched) {
      this.#touched.delete(line);
      this.#serveLine(line);
    }
    this.#serving = false;
  }

  #serveLine(line: Line): void {
    for (const command of line.inOrder()) {
      const value = this.#keyspace.database(line.db).find(line.key)?.value;
      if (value === undefined) return;
      if (!command.wait.isServedBy(value)) continue;
      if (command.isUnderWay) {
        command.isCalled = true;
        return;
      }
      command.tryAgain();
    }
  }
}
