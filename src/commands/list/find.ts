/** Looks for equal elements in a list. It takes as long as what it looks at is long. */
import type { Side } from '../../keyspace/effect.ts';
import type { ListValue } from '../../keyspace/list/list-value.ts';
import type { ByteString } from '../../resp/bytes.ts';

export interface Search {
  /** Where it begins. */
  readonly side: Side;
  /** Matches to be passed over first. */
  readonly skip?: number;
  /** It ends after so many matches … */
  readonly countMax?: number;
  /** … and after so many elements. */
  readonly lookedAtMax?: number;
}

/** The indexes of the matches, in the order in which they are found. */
export function find(list: ListValue, element: ByteString, search: Search): number[] {
  const { side, skip = 0, countMax = Infinity, lookedAtMax = Infinity } = search;
  const [first, step] = side === 'left' ? ([0, 1] as const) : ([list.size - 1, -1] as const);
  const found: number[] = [];
  let lookedAt = 0;
  let skipped = 0;
  for (const each of list.elements(first, step)) {
    if (lookedAt++ === lookedAtMax) break;
    if (each !== element || skipped++ < skip) continue;
    found.push(first + step * (lookedAt - 1));
    if (found.length === countMax) break;
  }
  return found;
}
