/**
 * The patterns of SORT's BY and GET: the first `*` stands for the element; behind a later `->` stands the field of a
 * hash; `#` is the element itself.
 */
import { HashValue } from '../../keyspace/hash/hash-value.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';

export type Pattern =
  | { readonly kind: 'element' }
  /** Nothing stands for the element: it leads nowhere. */
  | { readonly kind: 'constant' }
  | {
      readonly kind: 'key';
      readonly prefix: ByteString;
      readonly postfix: ByteString;
      readonly field: ByteString | undefined;
    };

export function parsePattern(text: ByteString): Pattern {
  if (text === '#') return { kind: 'element' };
  const star = text.indexOf('*');
  if (star < 0) return { kind: 'constant' };
  const arrow = text.indexOf('->', star + 1);
  const hasField = arrow >= 0 && arrow + 2 < text.length;
  return {
    kind: 'key',
    prefix: text.slice(0, star),
    postfix: text.slice(star + 1, hasField ? arrow : undefined),
    field: hasField ? text.slice(arrow + 2) : undefined,
  };
}

/** What the pattern leads to for this element; `undefined`: nowhere, or to something of another type. */
export function follow(pattern: Pattern, element: ByteString, view: View): ByteString | undefined {
  if (pattern.kind !== 'key') return pattern.kind === 'element' ? element : undefined;
  const value = view.get(pattern.prefix + element + pattern.postfix);
  if (pattern.field !== undefined) return value instanceof HashValue ? value.get(pattern.field) : undefined;
  return typeof value === 'string' ? value : undefined;
}
