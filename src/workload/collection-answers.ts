/** Readings of replies that are more than one value, in RESP2 and RESP3. */
import type { Reply } from '../resp/reply.ts';
import type { Json } from '../verify/history.ts';
import { isNull, WrongAnswer, type Reading } from './answers.ts';

/** As it is in JSON; `undefined`: it is no such thing. */
type Part<Value extends Json> = (reply: Reply | undefined) => Value | undefined;
type Pair<Value> = readonly [name: string, value: Value];

const text: Part<string> = (reply) => (typeof reply === 'string' ? reply : undefined);

/** Whole, as all scores here. */
const score: Part<number> = (reply) => {
  if (typeof reply === 'object' && reply !== null && 'kind' in reply)
    return reply.kind === 'double' && Number.isSafeInteger(reply.value) ? reply.value : undefined;
  return typeof reply === 'string' && /^-?\d{1,15}$/.test(reply) ? Number(reply) : undefined;
};

export const number: Reading = whole(score);
export const numberOrNull: Reading = orNull(number);
export const texts: Reading = whole((reply) => all(itemsOf(reply), text));

/** All different. */
export const members: Reading = whole((reply) => {
  const found = all(itemsOf(reply), text);
  return found !== undefined && new Set(found).size === found.length ? found : undefined;
});

/** What RPUSH has made of `1` and `2`. */
export const numbers = (reply: Reply): readonly number[] => {
  const found = all(itemsOf(reply), score);
  if (found === undefined) throw new WrongAnswer(reply);
  return found;
};

/** Of a whole hash. */
export const fields: Reading = whole((reply) => pairs(reply, text));

/** Of a whole sorted set. */
export const scoredMembers: Reading = whole((reply) => pairs(reply, score));

/** ZPOPMIN of a key that is not there answers an empty array. */
export const scoredMemberOrNone: Reading = (reply) => {
  if (itemsOf(reply)?.length === 0) return null;
  return scoredMember(reply);
};

const scoredMember = whole((reply) => pairOf(itemsOf(reply), score));

/** Of the one key that BZPOPMIN was asked of. */
export function poppedFrom(key: string): Reading {
  return orNull(
    whole((reply) => {
      const [from, ...popped] = itemsOf(reply) ?? [];
      return from === key ? pairOf(popped, score) : undefined;
    }),
  );
}

/** The same of BZMPOP, which answers a list of what it has popped. */
export function poppedOneFrom(key: string): Reading {
  return orNull(
    whole((reply) => {
      const [from, popped, ...rest] = itemsOf(reply) ?? [];
      const [one, ...more] = pairs(popped, score) ?? [];
      return from === key && rest.length === 0 && more.length === 0 ? one : undefined;
    }),
  );
}

/** Of BLPOP: from which list, by the name that the history has for it. */
export function elementFrom(names: ReadonlyMap<string, string>): Reading {
  return orNull(whole((reply) => elementOf(itemsOf(reply), names)));
}

/** The same of BLMPOP, which answers a list of what it has popped. */
export function oneElementFrom(names: ReadonlyMap<string, string>): Reading {
  return orNull(
    whole((reply) => {
      const [from, popped, ...rest] = itemsOf(reply) ?? [];
      const elements = itemsOf(popped);
      return rest.length === 0 && elements?.length === 1 ? elementOf([from, elements[0]], names) : undefined;
    }),
  );
}

function elementOf(
  items: readonly (Reply | undefined)[] | undefined,
  names: ReadonlyMap<string, string>,
): Json | undefined {
  if (items?.length !== 2) return undefined;
  const name = names.get(text(items[0]) ?? '');
  const element = text(items[1]);
  return name === undefined || element === undefined ? undefined : [name, element];
}

function whole(part: Part<Json>): Reading {
  return (reply) => {
    const value = part(reply);
    if (value === undefined) throw new WrongAnswer(reply);
    return value;
  };
}

export function orNull(reading: Reading): Reading {
  return (reply) => (isNull(reply) ? null : reading(reply));
}

function itemsOf(reply: Reply | undefined): readonly Reply[] | undefined {
  if (typeof reply !== 'object' || reply === null) return undefined;
  if (isArray(reply)) return reply;
  return reply.kind === 'set' || reply.kind === 'map' ? reply.items : undefined;
}

function isArray(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}

function all<Value extends Json>(items: readonly Reply[] | undefined, part: Part<Value>): readonly Value[] | undefined {
  const found = items?.map(part);
  return found?.every((value) => value !== undefined) === true ? found : undefined;
}

/** In turn, as in RESP2 and in maps, or two by two. */
function pairs<Value extends Json>(reply: Reply | undefined, part: Part<Value>): readonly Pair<Value>[] | undefined {
  const items = itemsOf(reply);
  if (items === undefined) return undefined;
  const twos = items.every((item) => itemsOf(item) !== undefined)
    ? items.map((item) => itemsOf(item))
    : Array.from({ length: Math.ceil(items.length / 2) }, (_, at) => items.slice(2 * at, 2 * at + 2));
  const found = twos.map((two) => pairOf(two, part));
  const isWhole = found.every((pair) => pair !== undefined);
  return isWhole && new Set(found.map(([name]) => name)).size === found.length ? found : undefined;
}

function pairOf<Value extends Json>(items: readonly Reply[] | undefined, part: Part<Value>): Pair<Value> | undefined {
  if (items?.length !== 2) return undefined;
  const name = text(items[0]);
  const value = part(items[1]);
  return name === undefined || value === undefined ? undefined : [name, value];
}
