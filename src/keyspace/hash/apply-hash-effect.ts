/** The effects on hashes: how each changes a hash, and what undoes it. */
import type { ByteString } from '../../resp/bytes.ts';
import type { ElementEffect, HashEffect } from '../effect.ts';
import { ExpiryGroups } from './expiry-groups.ts';
import type { HashValue } from './hash-value.ts';

/**
 * Changes the hash as the effect says. It may be empty then: whoever calls deletes the key.
 * @param inverses takes what undoes it, when applied last first: all but the order of the fields
 */
export function applyHashEffect(hash: HashValue, effect: HashEffect, inverses: ElementEffect[] | undefined): void {
  switch (effect.kind) {
    case 'setFields':
      setFields(hash, effect, inverses);
      break;
    case 'deleteFields':
      deleteFields(hash, effect, inverses);
      break;
    case 'setFieldExpiry':
      setFieldExpiry(hash, effect, inverses);
      break;
  }
}

type EffectOf<Kind> = Extract<HashEffect, { kind: Kind }>;

function setFields(hash: HashValue, effect: EffectOf<'setFields'>, inverses: ElementEffect[] | undefined): void {
  const { fields } = effect;
  const before = beforeOf(fields.length / 2, inverses);
  for (let i = 0; i < fields.length; i += 2) {
    const field = fields[i] as ByteString;
    const expireAt = hash.expiryOf(field);
    const old = hash.set(field, fields[i + 1] as ByteString);
    if (before !== undefined) before.note(field, old, expireAt);
    else if (inverses !== undefined) pushInverse(effect, { field, value: old, expireAt }, inverses);
  }
  before?.pushInverses(effect, inverses);
}

function deleteFields(hash: HashValue, effect: EffectOf<'deleteFields'>, inverses: ElementEffect[] | undefined): void {
  const before = beforeOf(effect.fields.length, inverses);
  for (const field of effect.fields) {
    const expireAt = hash.expiryOf(field);
    const old = hash.delete(field);
    if (old === undefined) continue;
    if (before !== undefined) before.note(field, old, expireAt);
    else if (inverses !== undefined) pushInverse(effect, { field, value: old, expireAt }, inverses);
  }
  before?.pushInverses(effect, inverses);
}

/** Most effects are on one field, which needs no notes. */
function beforeOf(count: number, inverses: ElementEffect[] | undefined): Before | undefined {
  return inverses === undefined || count === 1 ? undefined : new Before();
}

/** As setting a field clears its expiry, that is put back last. */
function pushInverse(
  { db, key }: HashEffect,
  { field, value, expireAt }: { field: ByteString; value: ByteString | undefined; expireAt: number | undefined },
  inverses: ElementEffect[],
): void {
  if (expireAt !== undefined) inverses.push({ kind: 'setFieldExpiry', db, key, fields: [field], expireAt });
  inverses.push(
    value === undefined
      ? { kind: 'deleteFields', db, key, fields: [field] }
      : { kind: 'setFields', db, key, fields: [field, value] },
  );
}

function setFieldExpiry(
  hash: HashValue,
  { db, key, fields, expireAt }: EffectOf<'setFieldExpiry'>,
  inverses: ElementEffect[] | undefined,
): void {
  const before = new ExpiryGroups<number | undefined>();
  for (const field of fields) {
    const old = hash.expiryOf(field);
    hash.setExpiry(field, expireAt);
    // A field that is named again has the new expiry already.
    if (old !== expireAt) before.add(field, old);
  }
  for (const [old, group] of before) {
    inverses?.push({ kind: 'setFieldExpiry', db, key, fields: group, expireAt: old });
  }
}

/** What fields held before they were changed, one after another. */
class Before {
  readonly #missing: ByteString[] = [];
  readonly #pairs: (readonly [field: ByteString, value: ByteString])[] = [];
  readonly #expiries = new ExpiryGroups<number>();

  note(field: ByteString, value: ByteString | undefined, expireAt: number | undefined): void {
    if (value === undefined) this.#missing.push(field);
    else this.#pairs.push([field, value]);
    if (expireAt !== undefined) this.#expiries.add(field, expireAt);
  }

  /**
   * A field that was named twice is noted twice: what it held first must be what is put back last. So the pairs stand
   * in reverse, and what was missing first is deleted after them. Expiries come last, as setting a field clears them;
   * only what a field held first can have had one.
   */
  pushInverses({ db, key }: HashEffect, inverses: ElementEffect[] | undefined): void {
    if (inverses === undefined) return;
    for (const [expireAt, fields] of this.#expiries) {
      inverses.push({ kind: 'setFieldExpiry', db, key, fields, expireAt });
    }
    if (this.#missing.length > 0) inverses.push({ kind: 'deleteFields', db, key, fields: this.#missing });
    if (this.#pairs.length > 0) {
      inverses.push({ kind: 'setFields', db, key, fields: this.#pairs.reverse().flat() });
    }
  }
}
