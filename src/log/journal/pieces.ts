/**
 * Objects of a bounded length, whatever is in the database: effects go into as many objects as they need, and a string
 * that is too long for one is written in pieces. So nothing has to be held as one text, or decoded in one go, that is as
 * large as the largest value.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { ByteString } from '../../resp/bytes.ts';

/** Effects that stay together, and in order. */
export type Group = readonly Effect[];

/** About what surrounds the bytes of an effect in JSON. */
const surroundingLength = 24;

/** About how long these effects are as JSON; more, where bytes must be escaped. */
export function lengthOfEffects(effects: readonly Effect[]): number {
  let length = 0;
  for (const effect of effects) {
    length += surroundingLength;
    if ('key' in effect) length += effect.key.length;
    if (effect.kind === 'setString') length += effect.value.length;
    else if (effect.kind === 'writeString') length += effect.bytes.length;
    else if ('toKey' in effect) length += effect.toKey.length;
  }
  return length;
}

/** What makes this entry out of nothing: groups that may be applied in any order, among those of other entries too. */
export function* groupsOfEntry(
  db: number,
  entry: { readonly key: ByteString; readonly value: ByteString; readonly expireAt: number | undefined },
  pieceLength: number,
): Generator<Group, void, undefined> {
  const { key, value, expireAt } = entry;
  const expiry: Effect[] = expireAt === undefined ? [] : [{ kind: 'setExpiry', db, key, expireAt }];
  if (value.length <= pieceLength) {
    yield [{ kind: 'setString', db, key, value }, ...expiry];
    return;
  }
  for (const { offset, bytes } of cut(value, pieceLength)) {
    const isLast = offset + bytes.length === value.length;
    yield [{ kind: 'writeString', db, key, offset, bytes }, ...(isLast ? expiry : [])];
  }
}

/** What does the same as this effect, in this order. */
export function* groupsOfEffect(effect: Effect, pieceLength: number): Generator<Group, void, undefined> {
  if (effect.kind === 'setString' && effect.value.length > pieceLength) {
    const { kind, db, key, value } = effect;
    for (const { offset, bytes } of cut(value, pieceLength)) {
      yield [offset === 0 ? { kind, db, key, value: bytes } : { kind: 'writeString', db, key, offset, bytes }];
    }
  } else if (effect.kind === 'writeString' && effect.bytes.length > pieceLength) {
    for (const { offset, bytes } of cut(effect.bytes, pieceLength)) {
      yield [{ ...effect, offset: effect.offset + offset, bytes }];
    }
  } else {
    yield [effect];
  }
}

/** The groups in their order, joined to lists that are hardly longer than this. No list at all where there is no group. */
export function* joined(groups: Iterable<Group>, lengthMax: number): Generator<readonly Effect[], void, undefined> {
  let effects: Effect[] = [];
  let length = 0;
  for (const group of groups) {
    const groupLength = lengthOfEffects(group);
    if (effects.length > 0 && length + groupLength > lengthMax) {
      yield effects;
      effects = [];
      length = 0;
    }
    effects.push(...group);
    length += groupLength;
  }
  if (effects.length > 0) yield effects;
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
