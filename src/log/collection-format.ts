/**
 * Collections as members of a JSON object, for people too, in the `plain` layout and in exports (`docs/store-format.md`):
 *
 *     "type":"list","elements":["a","b"]
 *     "type":"set","members":["a","b"]
 *     "type":"zset","scores":[["a",1.5],["b","inf"]]
 *     "type":"hash","fields":[["name","value"],["session","x",1799999999999]]
 *
 * The third item of a field is when it expires. What is not UTF-8 stands as `{"base64":"…"}`.
 */
import type { CollectionKind, Content } from '../keyspace/collection.ts';
import { elementsOf, fieldsOf, scoresOf } from '../keyspace/contents.ts';
import type { Effect, ElementEffect } from '../keyspace/effect.ts';
import { applyElementEffect, newCollection } from '../keyspace/elements.ts';
import type { CollectionValue } from '../keyspace/value.ts';
import type { ByteString } from '../resp/bytes.ts';
import { asCount, asList, FormatError, refuseUnknown, show, type Fields } from './format-error.ts';
import { decodeBytes, encodeBytes } from './journal/bytes-format.ts';
import { decodeScore, encodeScore } from './journal/effect-format.ts';

/** The member that holds what a collection of this type does. */
const memberNames: Readonly<Record<CollectionKind, string>> = {
  list: 'elements',
  set: 'members',
  zset: 'scores',
  hash: 'fields',
};

export function isCollectionType(type: unknown): type is CollectionKind {
  return typeof type === 'string' && Object.hasOwn(memberNames, type);
}

export function encodeCollection(value: CollectionValue): string {
  return `"type":"${value.kind}","${memberNames[value.kind]}":[${itemsOf(value).join(',')}]`;
}

/** The same cut up: each piece says, but for the type, what comes behind so many elements. */
export function* collectionPieces(
  value: CollectionValue,
  lengthMax: number,
): Generator<{ readonly offset: number; readonly text: string }, void, undefined> {
  const name = memberNames[value.kind];
  let items: string[] = [];
  let [offset, length] = [0, 0];
  for (const item of itemsOf(value)) {
    if (items.length > 0 && length + item.length > lengthMax) {
      yield { offset, text: `"${name}":[${items.join(',')}]` };
      offset += items.length;
      [items, length] = [[], 0];
    }
    items.push(item);
    length += item.length + 1;
  }
  yield { offset, text: `"${name}":[${items.join(',')}]` };
}

/** What stands in its list, one an element. */
function itemsOf(value: CollectionValue): readonly string[] {
  switch (value.kind) {
    case 'list':
    case 'set':
      return elementsOf(value).map(encodeBytes);
    case 'zset':
      return [...scoresOf(value)].map(([member, score]) => `[${encodeBytes(member)},${encodeScore(score)}]`);
    case 'hash':
      return [...fieldsOf(value)].map(([field, { value: held, expireAt }]) => {
        const expiry = expireAt === undefined ? '' : `,${expireAt}`;
        return `[${encodeBytes(field)},${encodeBytes(held)}${expiry}]`;
      });
  }
}

/**
 * @param fields but for the type
 * @param where for messages
 * @throws FormatError
 */
export function decodeCollection(type: CollectionKind, fields: Fields, where: string): CollectionValue {
  const value = newCollection(type);
  addItems(value, fields, where);
  return value;
}

/** Adds what one list says to a collection of its type: a large one may be told in several. */
export function addItems(value: CollectionValue, fields: Fields, where: string): void {
  const name = memberNames[value.kind];
  const { [name]: items, ...rest } = fields;
  refuseUnknown(rest, where);
  const list = asList(items, `${name} of ${where}`);
  const sizeBefore = value.size;
  for (const content of contentsOf(value.kind, list, where)) {
    applyElementEffect(value, { ...content, db: 0, key: '' } as Effect as ElementEffect, undefined);
  }
  if (list.length === 0) throw new FormatError(`${where} holds nothing: it would be no key`);
  if (value.size !== sizeBefore + list.length) throw new FormatError(`${where} has something twice in its ${name}`);
}

function contentsOf(type: CollectionKind, list: readonly unknown[], where: string): readonly Content[] {
  if (list.length === 0) return [];
  switch (type) {
    case 'list':
      return [{ kind: 'pushElements', side: 'right', elements: list.map((item) => decodeBytes(item, where)) }];
    case 'set':
      return [{ kind: 'addMembers', members: list.map((item) => decodeBytes(item, where)) }];
    case 'zset': {
      const pairs = list.map((item) => asTuple(item, [2], where));
      const members = pairs.map(([member]) => decodeBytes(member, where));
      return [{ kind: 'setScores', members, scores: pairs.map(([, score]) => asScore(score, where)) }];
    }
    case 'hash':
      return fieldContents(
        list.map((item) => asTuple(item, [2, 3], where)),
        where,
      );
  }
}

function fieldContents(tuples: readonly (readonly unknown[])[], where: string): readonly Content[] {
  const fields = tuples.flatMap(([field, held]) => [decodeBytes(field, where), decodeBytes(held, where)]);
  const contents: Content[] = [{ kind: 'setFields', fields }];
  for (const [index, [, , expireAt]] of tuples.entries()) {
    if (expireAt === undefined) continue;
    const field = fields[index * 2] as ByteString;
    contents.push({ kind: 'setFieldExpiry', fields: [field], expireAt: asCount(expireAt, `the expiry in ${where}`) });
  }
  return contents;
}

function asTuple(item: unknown, lengths: readonly number[], where: string): readonly unknown[] {
  const tuple = asList(item, `an item of ${where}`);
  if (lengths.includes(tuple.length)) return tuple;
  throw new FormatError(`${where} has an item of ${tuple.length} members, not ${lengths.join(' or ')}`);
}

function asScore(json: unknown, where: string): number {
  const score = decodeScore(json);
  if (score !== undefined) return score;
  throw new FormatError(`${where} has a score that is none: score=${show(json)}`);
}
