/**
 * What somebody may still rely on: for the grace period after a head was replaced, all that it needs is left to those who
 * have read it, and are slow. Nobody may delete any of it, by whatever clock, on whoever's behalf.
 */
import { graceOf, needsOf } from './truth-journal.ts';

interface WatchedHead {
  readonly needs: (object: string) => boolean;
  readonly graceMs: number;
  /** When the next one took its place; the newest: never. */
  replacedAt: number;
}

export class GraceWatch {
  /** By database, the newest last. */
  readonly #heads = new Map<string, WatchedHead[]>();

  /** A head has been put. @param read the text of an object, if it is there */
  note(name: string, now: number, read: (object: string) => string | undefined): void {
    const heads = this.#heads.get(name) ?? [];
    this.#heads.set(name, heads);
    const before = heads.at(-1);
    if (before !== undefined) before.replacedAt = now;
    heads.push({ needs: needsOf(name, read), graceMs: graceOf(name, read), replacedAt: Infinity });
  }

  /** Says who may rely on this object; `undefined`: nobody. */
  whoNeeds(object: string, now: number): string | undefined {
    for (const [name, heads] of this.#heads) {
      while (heads[0] !== undefined && heads[0].replacedAt + heads[0].graceMs < now) heads.shift();
      const needing = heads.find(({ needs }) => needs(object));
      if (needing === undefined) continue;
      const { replacedAt } = needing;
      return replacedAt === Infinity ? name : `whoever has read ${name} as it was ${now - replacedAt} ms ago`;
    }
    return undefined;
  }
}
