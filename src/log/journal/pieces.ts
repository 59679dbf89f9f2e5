/**
 * Objects of a bounded length, whatever is in the database: effects go into as many objects as they need, and a value
 * that is too long for one is written in pieces. So nothing has to be held as one text, or decoded in one go, that is as
 * large as the largest value. What is not divided is a single element of a collection.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { FrozenCollection } from '../../keyspace/collection.ts';
import type { ByteString } from '../../resp/bytes.ts';

/** Effects that stay together, and in order. */
export type Group = readonly Effect[];

/** About what surrounds the bytes of an effect, and those of one of its elements, in JSON. */
const surroundingLength = 24;
const elementLength = 4;
/** About what a score takes. */
const scoreLength = 8;

/** About how long these effects are as JSON; more, where bytes must be escaped. */
export function lengthOfEffects(effects: readonly Effect[]): number {
  let length = 0;
  for (const effect of effects) length += lengthOfEffect(effect);
  return length;
}

function lengthOfEffect(effect: Effect): number {
  if (!('key' in effect)) return surroundingLength;
  return surroundingLength + effect.key.length + lengthOfNeeds(effect);
}

function lengthOfNeeds(effect: Effect): number {
  switch (effect.kind) {
    case 'setString':
      return effect.value.length;
    case 'writeString':
      return effect.bytes.length;
    case 'rename':
    case 'copy':
      return effect.toKey.length;
    case 'setElement':
      return effect.element.length;
    default:
      return lengthOfElements(effect);
  }
}

function lengthOfElements(effect: Effect): number {
  const elements = elementsOf(effect);
  let length = elements.length * (effect.kind === 'setScores' ? elementLength + scoreLength : elementLength);
  for (const element of elements) length += element.length;
  return length;
}

/** The elements that it names. */
function elementsOf(effect: Effect): readonly ByteString[] {
  if ('fields' in effect) return effect.fields;
  if ('members' in effect) return effect.members;
  return 'elements' in effect ? effect.elements : [];
}

/** A key as it was. */
export interface EntryImage {
  readonly key: ByteString;
  readonly value: ByteString | FrozenCollection;
  readonly expireAt: number | undefined;
}

/** What makes this entry out of nothing: groups to be applied in this order, among those of other entries. */
export function groupsOfEntry(db: number, image: EntryImage, pieceLength: number): Iterable<Group> {
  const { key, value } = image;
  // Most are of this kind, and there are millions of them.
  if (typeof value === 'string' && value.length <= pieceLength)
    return [[{ kind: 'setString', db, key, value }, ...expiryOf(db, image)]];
  return groupsOfLong(db, image, pieceLength);
}

function* groupsOfLong(db: number, image: EntryImage, pieceLength: number): Generator<Group, void, undefined> {
  const { key, value } = image;
  const expiry = expiryOf(db, image);
  let isFirst = true;
  for (const effect of effectsOf(db, key, value, pieceLength)) {
    yield isFirst ? [effect, ...expiry] : [effect];
    isFirst = false;
  }
}

function expiryOf(db: number, { key, expireAt }: EntryImage): readonly Effect[] {
  return expireAt === undefined ? [] : [{ kind: 'setExpiry', db, key, expireAt }];
}

/**
 * Of elements of a collection in one effect, in bytes: V8 gives an array of more than 128 KB pages of its own, again each
 * time it grows, and to fill one takes twice the time.
 */
const batchLength = 1 << 14;

function* effectsOf(
  db: number,
  key: ByteString,
  value: EntryImage['value'],
  pieceLength: number,
): Generator<Effect, void, undefined> {
  if (typeof value !== 'string') {
    // Each batch repeats the key.
    const lengthMax = Math.min(pieceLength, Math.max(batchLength, 8 * key.length));
    for (const content of value.contents(lengthMax)) yield { ...content, db, key };
  } else {
    for (const { offset, bytes } of cut(value, pieceLength)) yield { kind: 'writeString', db, key, offset, bytes };
  }
}

/** What does the same as this effect, in this order. */
export function* groupsOfEffect(effect: Effect, pieceLength: number): Generator<Group, void, undefined> {
  const pieces = piecesOf(effect, pieceLength);
  let before: Effect | undefined;
  for (const piece of pieces) {
    // The whole is one event: that of the last piece.
    if (before !== undefined) yield [{ ...before, event: '' } as Effect];
    before = piece;
  }
  if (before !== undefined) yield [before];
}

function* piecesOf(effect: Effect, pieceLength: number): Generator<Effect, void, undefined> {
  if (lengthOfNeeds(effect) <= pieceLength) {
    yield effect;
  } else if (effect.kind === 'setString') {
    const { value, ...rest } = effect;
    for (const { offset, bytes } of cut(value, pieceLength))
      yield offset === 0 ? { ...rest, value: bytes } : { ...rest, kind: 'writeString', offset, bytes };
  } else if (effect.kind === 'writeString') {
    for (const { offset, bytes } of cut(effect.bytes, pieceLength))
      yield { ...effect, offset: effect.offset + offset, bytes };
  } else {
    yield* elementPieces(effect, pieceLength);
  }
}

function* elementPieces(effect: Effect, pieceLength: number): Generator<Effect, void, undefined> {
  const elements = elementsOf(effect);
  const stride = effect.kind === 'setFields' ? 2 : 1;
  if (elements.length <= stride) yield effect;
  else for (const [from, to] of runs(elements, stride, pieceLength)) yield sliceOf(effect, from, to);
}

/** Ranges of elements that are hardly longer than this, `stride` elements at least. */
function* runs(
  elements: readonly ByteString[],
  stride: number,
  lengthMax: number,
): Generator<readonly [from: number, to: number], void, undefined> {
  let from = 0;
  let length = 0;
  for (let at = 0; at < elements.length; at += stride) {
    let next = 0;
    for (let i = at; i < at + stride; i++) next += (elements[i] as ByteString).length + elementLength + scoreLength;
    if (at > from && length + next > lengthMax) {
      yield [from, at];
      from = at;
      length = 0;
    }
    length += next;
  }
  yield [from, elements.length];
}

function sliceOf(effect: Effect, from: number, to: number): Effect {
  if (effect.kind === 'setScores')
    return { ...effect, members: effect.members.slice(from, to), scores: effect.scores.slice(from, to) };
  if (effect.kind === 'insertElements')
    return { ...effect, index: effect.index + from, elements: effect.elements.slice(from, to) };
  if ('fields' in effect) return { ...effect, fields: effect.fields.slice(from, to) };
  if ('members' in effect) return { ...effect, members: effect.members.slice(from, to) };
  return 'elements' in effect ? { ...effect, elements: effect.elements.slice(from, to) } : effect;
}

/** The groups in their order, joined to lists that are hardly longer than this. No list at all where there is no group. */
export function* joined(groups: Iterable<Group>, lengthMax: number): Generator<readonly Effect[], void, undefined> {
  let list: Effect[] = [];
  let listLength = 0;
  for (const group of groups) {
    const length = lengthOfEffects(group);
    if (list.length > 0 && listLength + length > lengthMax) {
      yield list;
      list = [];
      listLength = 0;
    }
    for (const effect of group) list.push(effect);
    listLength += length;
  }
  if (list.length > 0) yield list;
}

/** Not within a character of UTF-8, so that a text remains text in each of its pieces. */
export function* cut(
  bytes: ByteString,
  pieceLength: number,
): Generator<{ readonly offset: number; readonly bytes: ByteString }, void, undefined> {
  for (let offset = 0; offset < bytes.length;) {
    const end = endOfPiece(bytes, offset, pieceLength);
    yield { offset, bytes: bytes.slice(offset, end) };
    offset = end;
  }
}

/** A character has at most four bytes, of which all but the first begin with the bits 10. */
const bytesOfCharacterMax = 4;

function endOfPiece(bytes: ByteString, offset: number, pieceLength: number): number {
  const end = offset + pieceLength;
  if (end >= bytes.length) return bytes.length;
  for (let at = end; at > Math.max(offset, end - bytesOfCharacterMax); at--) {
    if ((bytes.charCodeAt(at) & 0xc0) !== 0x80) return at;
  }
  return end;
}
