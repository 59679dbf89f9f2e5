/** What a frozen collection makes out of nothing, for tests. */
import type { Content, FrozenCollection } from '../../src/keyspace/collection.ts';

/** Reads it in pieces, with something done between two of them. */
export function readContents(
  frozen: FrozenCollection,
  lengthMax: number,
  between: () => void = () => undefined,
): Content[] {
  const contents: Content[] = [];
  for (const content of frozen.contents(lengthMax)) {
    contents.push(content);
    between();
  }
  return contents;
}

/** The bytes of a content, and how many elements it has. */
export function measureContent(content: Content): { readonly length: number; readonly count: number } {
  const texts =
    content.kind === 'setFields' || content.kind === 'setFieldExpiry'
      ? content.fields
      : content.kind === 'pushElements'
        ? content.elements
        : content.members;
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return { length, count: content.kind === 'setFields' ? texts.length / 2 : texts.length };
}
