/** What makes the value of one key another, by as few effects as its type lets one find in one pass. */
import type { ByteString } from '../resp/bytes.ts';
import { contentsOf, elementsOf, fieldsOf, scoresOf, type Field } from './contents.ts';
import type { Effect } from './effect.ts';
import type { CollectionValue, Value } from './value.ts';

interface Place {
  readonly db: number;
  readonly key: ByteString;
}

/** @param before `undefined`: the key is missing */
export function* valueDifference(
  place: Place,
  before: Value | undefined,
  after: Value,
): Generator<Effect, void, undefined> {
  if (before === after) return;
  if (typeof after === 'string') {
    yield { kind: 'setString', ...place, value: after };
  } else if (before === undefined || typeof before === 'string' || before.kind !== after.kind) {
    if (before !== undefined) yield { kind: 'delete', ...place };
    for (const content of contentsOf(after)) yield { ...content, ...place };
  } else {
    yield* collectionDifference(place, before, after);
  }
}

/** Adds before it takes away, so that the key is never without elements, and keeps its expiry. */
function collectionDifference(place: Place, before: CollectionValue, after: CollectionValue): Iterable<Effect> {
  switch (after.kind) {
    case 'list':
      return listDifference(place, elementsOf(before), elementsOf(after));
    case 'set':
      return setDifference(place, new Set(elementsOf(before)), new Set(elementsOf(after)));
    case 'zset':
      return sortedSetDifference(place, scoresOf(before), scoresOf(after));
    case 'hash':
      return hashDifference(place, fieldsOf(before), fieldsOf(after));
  }
}

/** What is between the longest common beginning and end is replaced. */
function* listDifference(
  place: Place,
  before: readonly ByteString[],
  after: readonly ByteString[],
): Generator<Effect, void, undefined> {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const elements = after.slice(head, after.length - tail);
  const count = before.length - tail - head;
  const end = head + elements.length;
  if (elements.length > 0 && head === before.length) yield { kind: 'pushElements', ...place, side: 'right', elements };
  else if (elements.length > 0) yield { kind: 'insertElements', ...place, index: head, elements };
  if (count > 0) yield { kind: 'removeElements', ...place, index: end, count };
}

function* setDifference(
  place: Place,
  before: ReadonlySet<ByteString>,
  after: ReadonlySet<ByteString>,
): Generator<Effect, void, undefined> {
  const added = [...after].filter((member) => !before.has(member));
  const removed = [...before].filter((member) => !after.has(member));
  if (added.length > 0) yield { kind: 'addMembers', ...place, members: added };
  if (removed.length > 0) yield { kind: 'removeMembers', ...place, members: removed };
}

function* sortedSetDifference(
  place: Place,
  before: ReadonlyMap<ByteString, number>,
  after: ReadonlyMap<ByteString, number>,
): Generator<Effect, void, undefined> {
  const changed = [...after].filter(([member, score]) => !Object.is(before.get(member), score));
  const removed = [...before.keys()].filter((member) => !after.has(member));
  // Of zero only the sign has changed: a score that equals the one that is there changes nothing.
  const zeros = changed.filter(([member, score]) => before.get(member) === score).map(([member]) => member);
  if (zeros.length > 0) yield { kind: 'setScores', ...place, members: zeros, scores: zeros.map(() => 1) };
  const [members, scores] = [changed.map(([member]) => member), changed.map(([, score]) => score)];
  if (members.length > 0) yield { kind: 'setScores', ...place, members, scores };
  if (removed.length > 0) yield { kind: 'removeScores', ...place, members: removed };
}

function* hashDifference(
  place: Place,
  before: ReadonlyMap<ByteString, Field>,
  after: ReadonlyMap<ByteString, Field>,
): Generator<Effect, void, undefined> {
  const changed = [...after].filter(([field, { value }]) => before.get(field)?.value !== value);
  const removed = [...before.keys()].filter((field) => !after.has(field));
  if (changed.length > 0)
    yield { kind: 'setFields', ...place, fields: changed.flatMap(([field, { value }]) => [field, value]) };
  const isSet = new Set(changed.map(([field]) => field));
  for (const [field, { expireAt }] of after) {
    const old = isSet.has(field) ? undefined : before.get(field)?.expireAt;
    if (old !== expireAt) yield { kind: 'setFieldExpiry', ...place, fields: [field], expireAt };
  }
  if (removed.length > 0) yield { kind: 'deleteFields', ...place, fields: removed };
}
