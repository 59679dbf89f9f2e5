/** JSON values: one text for equal values, and short texts for people. */
import type { Json } from './history.ts';

/** Equal values have equal texts, whatever the order of the names in their objects. */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] as Json)}`).join(',')}}`;
}

/** `Array.isArray` does not narrow to readonly arrays. */
export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Cut in the middle: both ends of a long value tell more than its beginning alone. */
export function shorten(text: string, lengthMax = 160): string {
  if (text.length <= lengthMax) return text;
  const half = Math.floor(lengthMax / 2);
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}

export function showJson(value: Json): string {
  return shorten(canonicalJson(value));
}

/** Gives equal JSON values one small number, so that states and steps compare numbers. `null` is 0. */
export class ValueCodes {
  readonly #codes = new Map<string, number>([['null', 0]]);
  readonly #texts: string[] = ['null'];

  code(value: Json): number {
    const text = canonicalJson(value);
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#texts.length;
      this.#codes.set(text, code);
      this.#texts.push(text);
    }
    return code;
  }

  /** The canonical text of the value. */
  text(code: number): string {
    return this.#texts[code] as string;
  }

  get count(): number {
    return this.#texts.length;
  }
}
