/** Elements of collections: how many there may be, what they take, and that they are in pairs and distinct: nothing is sure. */
import type { ByteString } from '../resp/bytes.ts';
import { RdbFormatError } from './format-error.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** V8 ends the process where an array grows to more than twice that. */
const elementsMax = 2 ** 26;
/** V8 makes no larger `Set` or `Map`. */
export const setSizeMax = 2 ** 24 - 1;

/** What a string takes beside its bytes: V8's header, and its places in the list that is read and in the collection. */
const elementBytes = 40;

/** @throws RdbFormatError where there are too many, or they take too much memory */
export function append(elements: ByteString[], element: ByteString, memory: MemoryBudget): void {
  memory.spend(elementBytes + element.length);
  appendUncounted(elements, element);
}

/** @throws RdbFormatError where there are too many */
export function appendUncounted<Element>(elements: Element[], element: Element): void {
  if (elements.length === elementsMax)
    throw new RdbFormatError(`a value has too many elements: elementsMax=${elementsMax}`);
  elements.push(element);
}

/** @throws RdbFormatError */
export function assertDistinct(texts: readonly ByteString[], what: string): void {
  const sets: ReadonlySet<ByteString>[] = [];
  for (let from = 0; from < texts.length; from += setSizeMax) {
    const part = from === 0 && texts.length <= setSizeMax ? texts : texts.slice(from, from + setSizeMax);
    const set = new Set(part);
    if (set.size < part.length || sets.some((other) => part.some((text) => other.has(text)))) throw twice(what);
    sets.push(set);
  }
}

/**
 * The name, which is not among those before.
 * @throws RdbFormatError
 */
export function unseen(names: Set<ByteString>, name: ByteString, what: string): ByteString {
  if (names.has(name)) throw twice(what);
  if (names.size === setSizeMax) throw new RdbFormatError(`${what} too many: sizeMax=${setSizeMax}`);
  names.add(name);
  return name;
}

function twice(what: string): RdbFormatError {
  return new RdbFormatError(`${what} is there twice`);
}

/**
 * The texts at even and those at odd places.
 * @throws RdbFormatError where one is left over
 */
export function splitPairs(
  texts: readonly ByteString[],
  what: string,
): { readonly first: ByteString[]; readonly second: ByteString[] } {
  if (texts.length % 2 !== 0) throw new RdbFormatError(`${what} has nothing that belongs to it`);
  const first: ByteString[] = [];
  const second: ByteString[] = [];
  for (let i = 0; i < texts.length; i += 2) {
    first.push(texts[i] as ByteString);
    second.push(texts[i + 1] as ByteString);
  }
  return { first, second };
}
