/**
 * Lists of Valkey that elements are moved between, so that together they are one object; `null` is no element. Also
 * commands that wait: a pop takes place at some moment of its wait, and one that gives up has found nothing at some moment
 * of it, and not before its time was over.
 */
import type { Json, Operation } from '../history.ts';
import { valueOf, withEntry, type Entries } from './entries.ts';
import { gaveUpEarly, modelOf, one, type Asked, type Reaction } from './reactions.ts';
import { arrayOf, natural, nonNegative, oneOf, orNull, someOf, text, tuple } from './shape.ts';

type List = readonly string[];
type Lists = Entries<List>;
type Side = 'left' | 'right';

const side = oneOf('left', 'right');
const listAndElements = tuple(text, someOf(text));
const listAndElement = tuple(text, text);

export const valkeyListsModel = modelOf<Lists>({
  name: 'valkey-lists',
  summary:
    'lpush and rpush [list, [element, …]] → length, lpop and rpop list → element or null, lrange list → array, lmove [from, to, side, side] → element or null; waiting: blpop and brpop [[list, …], wait] → [list, element] or null, blmove [from, to, side, side, wait] → element or null',
  shapes: {
    lpush: { input: listAndElements, output: natural },
    rpush: { input: listAndElements, output: natural },
    lpop: { input: text, output: orNull(text) },
    rpop: { input: text, output: orNull(text) },
    lrange: { input: text, output: arrayOf(text) },
    lmove: { input: tuple(text, text, side, side), output: orNull(text) },
    blpop: { input: tuple(someOf(text), nonNegative), output: orNull(listAndElement) },
    brpop: { input: tuple(someOf(text), nonNegative), output: orNull(listAndElement) },
    blmove: { input: tuple(text, text, side, side, nonNegative), output: orNull(text) },
  },
  initial: orNull(arrayOf(listAndElements)),
  begin: (initial) =>
    ((initial ?? []) as Lists).reduce<Lists>((lists, [name, list]) => withEntry(lists, name, list), []),
  react,
  changesNothing: ({ f }, output) => f === 'lrange' || (!f.endsWith('push') && output === null),
  unordered: [],
  isImpossible,
});

function react(lists: Lists, { f, input }: Asked): readonly Reaction<Lists>[] {
  switch (f) {
    case 'lpush':
    case 'rpush': {
      const [name, elements] = input as [string, List];
      const list = elements.reduce((longer, element) => push(longer, sideOf(f), element), listOf(lists, name));
      return one(withEntry(lists, name, list), list.length);
    }
    case 'lpop':
    case 'rpop': {
      const { element, left } = take(lists, input as string, sideOf(f));
      return one(left, element);
    }
    case 'lrange':
      return one(lists, listOf(lists, input as string));
    case 'blpop':
    case 'brpop': {
      const [names] = input as [readonly string[]];
      const name = names.find((known) => listOf(lists, known).length > 0);
      if (name === undefined) return one(lists, null);
      const { element, left } = take(lists, name, sideOf(f));
      return one(left, [name, element]);
    }
    default: {
      const [from, to, out, into] = input as [string, string, Side, Side];
      const { element, left } = take(lists, from, out);
      return one(element === null ? lists : withEntry(left, to, push(listOf(left, to), into, element)), element);
    }
  }
}

function listOf(lists: Lists, name: string): List {
  return valueOf(lists, name) ?? [];
}

function push(list: List, at: Side, element: string): List {
  return at === 'left' ? [element, ...list] : [...list, element];
}

/** An empty list is none. */
function take(lists: Lists, name: string, at: Side): { readonly element: string | null; readonly left: Lists } {
  const list = listOf(lists, name);
  const rest = at === 'left' ? list.slice(1) : list.slice(0, -1);
  const element = (at === 'left' ? list[0] : list.at(-1)) ?? null;
  return { element, left: withEntry(lists, name, rest.length === 0 ? undefined : rest) };
}

/** `LPOP`, `BRPOP`: the letter before the verb says where. */
function sideOf(f: string): Side {
  return f.includes('lp') ? 'left' : 'right';
}

function isImpossible(operation: Operation): boolean {
  const { f, input } = operation;
  return f.startsWith('b') && gaveUpEarly(operation, (input as readonly Json[]).at(-1) as Json);
}
