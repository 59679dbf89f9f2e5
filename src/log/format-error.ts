import { decodeText } from '../resp/bytes.ts';

/** An object that is not what its name promises. The message says what is wrong with it, not which object it is. */
export class FormatError extends Error {}

/**
 * The text of a body, which must be UTF-8.
 * @throws FormatError
 */
export function decodeBody(body: Uint8Array): string {
  const text = decodeText(body);
  if (text === undefined) throw new FormatError('it is not valid UTF-8');
  return text;
}

export type Fields = Readonly<Record<string, unknown>>;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(text.trim() === '' ? 'it is empty' : 'it is not valid JSON, or was cut off', { cause });
  }
}

export function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new FormatError(`${what} is not a JSON object`);
}

export function asText(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new FormatError(`${what} is not a text: value=${show(value)}`);
}

/** Whether it is a whole number from 0 on. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function asCount(value: unknown, what: string): number {
  if (isCount(value)) return value;
  throw new FormatError(`${what} is not a whole number: value=${show(value)}`);
}

export function asList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(`${what} is not a list: value=${show(value)}`);
}

/** What this release does not know it must not ignore: somebody else meant something by it. */
export function refuseUnknown(rest: Fields, what: string): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw new FormatError(`${what} has an unknown field: field=${show(name)}`);
}

export function show(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
