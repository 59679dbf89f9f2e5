/**
 * What can have been there: an answer that shows a value which nobody had put there by the time it returned is wrong, in
 * whatever order things happened. The search would try all orders of what came before it to find that out.
 */

/** Times at which values can have come to be there, at the earliest. */
export class Sources<Value> {
  readonly #times = new Map<Value, number[]>();

  /** In order of the times. */
  add(value: Value, time: number): void {
    const times = this.#times.get(value);
    if (times === undefined) this.#times.set(value, [time]);
    else times.push(time);
  }

  /** Whether the value can have been there at this time, or have come to be there so often. */
  has(value: Value, time: number, times = 1): boolean {
    return (this.#times.get(value)?.[times - 1] ?? Infinity) <= time;
  }
}

/** Beyond so many lengths of texts it is not worth the time. */
const lengthsMax = 64;

/** Texts that are put together of others. */
export class TextSources {
  readonly #pieces = new Sources<string>();
  readonly #lengths = new Set<number>();

  /** In order of the times. */
  add(piece: string, time: number): void {
    if (piece === '') return;
    this.#pieces.add(piece, time);
    this.#lengths.add(piece.length);
  }

  /** `false`: it does not begin with any of them that was there by that time. */
  canBegin(text: string, time: number): boolean {
    return this.#some(text, time, (length) => text.slice(0, length));
  }

  canEnd(text: string, time: number): boolean {
    return this.#some(text, time, (length) => text.slice(text.length - length));
  }

  #some(text: string, time: number, part: (length: number) => string): boolean {
    if (this.#lengths.size > lengthsMax) return true;
    for (const length of this.#lengths) if (length <= text.length && this.#pieces.has(part(length), time)) return true;
    return false;
  }
}
