/** What values hold, in forms that do not depend on their history: to write down, to compare. */
import type { ByteString } from '../resp/bytes.ts';
import type { Collection, Content } from './collection.ts';
import type { CollectionValue, Value } from './value.ts';

/** A field of a hash. */
export interface Field {
  readonly value: ByteString;
  /** Milliseconds since 1970. */
  readonly expireAt: number | undefined;
}

/** What makes it out of nothing, in order. */
export function contentsOf(value: Collection, lengthMax = Infinity): readonly Content[] {
  const frozen = value.freeze();
  const contents = [...frozen.contents(lengthMax)];
  frozen.release();
  return contents;
}

/** Of a list or a set. */
export function elementsOf(value: Collection): readonly ByteString[] {
  return contentsOf(value).flatMap((content) => {
    if (content.kind === 'pushElements') return content.elements;
    return content.kind === 'addMembers' ? content.members : [];
  });
}

/** Of a sorted set, in its order. */
export function scoresOf(value: Collection): ReadonlyMap<ByteString, number> {
  const scores = new Map<ByteString, number>();
  for (const content of contentsOf(value)) {
    if (content.kind !== 'setScores') continue;
    for (const [index, member] of content.members.entries()) scores.set(member, content.scores[index] as number);
  }
  return scores;
}

/** Of a hash. */
export function fieldsOf(value: Collection): ReadonlyMap<ByteString, Field> {
  const fields = new Map<ByteString, Field>();
  for (const content of contentsOf(value)) {
    if (content.kind === 'setFields') {
      for (let i = 0; i < content.fields.length; i += 2)
        fields.set(content.fields[i] as ByteString, {
          value: content.fields[i + 1] as ByteString,
          expireAt: undefined,
        });
    } else if (content.kind === 'setFieldExpiry') {
      const { expireAt } = content;
      for (const field of content.fields) fields.set(field, { ...(fields.get(field) as Field), expireAt });
    }
  }
  return fields;
}

/** A string as it is; of a collection its type and what it holds, in the order of bytes where it has none of its own. */
export function canonical(value: Value): unknown {
  return typeof value === 'string' ? value : [value.kind, ...canonicalElements(value)];
}

function canonicalElements(value: CollectionValue): readonly unknown[] {
  switch (value.kind) {
    case 'list':
      return elementsOf(value);
    case 'set':
      return [...elementsOf(value)].sort();
    case 'zset':
      return [...scoresOf(value)].map(([member, score]) => [member, scoreText(score)]);
    case 'hash':
      return [...fieldsOf(value)]
        .map(([field, { value: held, expireAt }]) => [field, held, expireAt ?? null] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1));
  }
}

/** Tells -0 from 0, which JSON does not. */
function scoreText(score: number): string {
  return Object.is(score, -0) ? '-0' : String(score);
}

/** Whether both hold the same. Of collections this takes as long as they are large. */
export function isSameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || typeof one === 'string' || typeof other === 'string') return false;
  if (one.kind !== other.kind || one.size !== other.size) return false;
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}
