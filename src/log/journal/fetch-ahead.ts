/**
 * Fetches things in order, several at a time, and so many bytes at most beyond what has been taken: whoever takes them
 * slowly is not flooded.
 */

/** Enough to keep a store busy that is 100 ms away; little beside any database worth the effort. */
const bytesAheadMax = 8 << 20;

interface FetchAheadOptions<Item, Result> {
  /** How many bytes it will be, as far as one knows. */
  readonly weigh: (item: Item) => number;
  /** How many may be under way; asked again and again. */
  readonly countMax: () => number;
  /** How many bytes may be under way, one item at least. */
  readonly bytesMax?: number | undefined;
  /** Must not reject: what nobody takes any more is fetched all the same. */
  readonly fetch: (item: Item) => Promise<Result>;
}

export async function* fetchAhead<Item, Result>(
  items: Iterable<Item>,
  { weigh, countMax, bytesMax = Infinity, fetch }: FetchAheadOptions<Item, Result>,
): AsyncGenerator<Result, void, undefined> {
  const most = Math.min(bytesMax, bytesAheadMax);
  const ahead: { readonly bytes: number; readonly result: Promise<Result> }[] = [];
  const iterator = items[Symbol.iterator]();
  let next = iterator.next();
  let bytesAhead = 0;
  for (;;) {
    while (next.done !== true && ahead.length < countMax()) {
      const bytes = weigh(next.value);
      if (ahead.length > 0 && bytesAhead + bytes > most) break;
      ahead.push({ bytes, result: fetch(next.value) });
      bytesAhead += bytes;
      next = iterator.next();
    }
    const first = ahead.shift();
    if (first === undefined) return;
    const result = await first.result;
    bytesAhead -= first.bytes;
    yield result;
  }
}
