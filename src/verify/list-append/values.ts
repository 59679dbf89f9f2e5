/** Elements of lists: any JSON, compared by value, numbers and strings without writing them as text. */
import type { Json } from '../history.ts';
import { canonicalJson } from '../json.ts';

export function isSameValue(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  return canonicalJson(left) === canonicalJson(right);
}

export function startsWith(list: readonly Json[], prefix: readonly Json[]): boolean {
  if (prefix.length > list.length) return false;
  return prefix.every((value, at) => isSameValue(value, list[at] as Json));
}

export function endsWith(list: readonly Json[], suffix: readonly Json[]): boolean {
  const from = list.length - suffix.length;
  return from >= 0 && suffix.every((value, at) => isSameValue(value, list[from + at] as Json));
}

/** A map whose keys are JSON values. */
export class ValueMap<T> {
  readonly #simple = new Map<Json, T>();
  readonly #composed = new Map<string, T>();

  get(value: Json): T | undefined {
    return typeof value === 'object' && value !== null
      ? this.#composed.get(canonicalJson(value))
      : this.#simple.get(value);
  }

  set(value: Json, entry: T): void {
    if (typeof value === 'object' && value !== null) this.#composed.set(canonicalJson(value), entry);
    else this.#simple.set(value, entry);
  }

  *values(): Iterable<T> {
    yield* this.#simple.values();
    yield* this.#composed.values();
  }
}
