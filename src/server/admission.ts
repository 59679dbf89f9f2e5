/**
 * Back-pressure of the node as a whole: while the engine has a full batch, or the commands that wait for their rounds
 * hold too much memory, connections read no more. Who was stopped goes on in order of arrival at the end of the line,
 * so that a few busy connections, which fill the room that there is at once, cannot keep the others out.
 *
 * Only commands that wait for the store are counted: these are settled in bounded time. What a client does not read is
 * bounded connection by connection; counted here it would let slow readers stop everybody.
 */
import type { ClientSession } from './client-session.ts';

/** Half of what the smallest heap gives that Node chooses by itself. */
const waitingBytesMax = 256 * 1024 * 1024;

/** What this needs of the engine. */
interface Room {
  readonly congested: boolean;
  onRoom(callback: () => void): void;
}

export class Admission {
  readonly #engine: Room;
  readonly #stopped = new Set<ClientSession>();
  #waitingBytes = 0;
  #roomAwaited = false;
  #wakeScheduled = false;

  constructor(engine: Room) {
    this.#engine = engine;
  }

  /** No more commands now. */
  get isFull(): boolean {
    return this.#waitingBytes >= waitingBytesMax || this.#engine.congested;
  }

  /** Memory held by commands that wait for their rounds. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  hold(bytes: number): void {
    this.#waitingBytes += bytes;
  }

  release(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (this.#stopped.size === 0 || this.#wakeScheduled) return;
    this.#wakeScheduled = true;
    queueMicrotask(() => {
      this.#wakeScheduled = false;
      this.#wake();
    });
  }

  /** The session is resumed when there is room and its turn has come. */
  await(session: ClientSession): void {
    this.#stopped.add(session);
    this.#awaitRoom();
  }

  forget(session: ClientSession): void {
    this.#stopped.delete(session);
  }

  #wake(): void {
    // A session that is stopped again comes behind the others; as the node is full then, the loop ends.
    for (const session of this.#stopped) {
      if (this.isFull) break;
      this.#stopped.delete(session);
      session.resume();
    }
    if (this.#stopped.size > 0) this.#awaitRoom();
  }

  #awaitRoom(): void {
    if (this.#roomAwaited) return;
    this.#roomAwaited = true;
    this.#engine.onRoom(() => {
      this.#roomAwaited = false;
      this.#wake();
    });
  }
}
