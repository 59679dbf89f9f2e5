/**
 * Effects in JSON: a list each, of the kind's name and what it needs, `["setString", 0, "key", "value"]`, and at last the
 * name of its event where that is not the usual one. Nothing that is not exactly of this form is read
 * (`docs/store-format.md`).
 */
import type { Effect } from '../../keyspace/effect.ts';
import { isAscii, type ByteString } from '../../resp/bytes.ts';
import { decodeBytes, encodeBytes } from './bytes-format.ts';
import { asCount, asList, FormatError, isCount, show } from '../format-error.ts';

export function encodeEffects(effects: readonly Effect[]): string {
  let json = '';
  // V8 adds to a text without copying it; a list of all their texts, joined, takes twice the time.
  for (const effect of effects) json += json === '' ? encodeEffect(effect) : `,${encodeEffect(effect)}`;
  return `[${json}]`;
}

function encodeEffect(effect: Effect): string {
  const { kind, db } = effect;
  if (effect.kind === 'flush') return `["${kind}",${db}]`;
  if (effect.kind === 'swap') return `["${kind}",${db},${effect.withDb}]`;
  const event = effect.event === undefined ? '' : `,${JSON.stringify(effect.event)}`;
  return `["${kind}",${db},${encodeBytes(effect.key)}${needsOf(effect)}${event}]`;
}

/** What it needs beside its key, each with a comma before it. */
function needsOf(effect: Exclude<Effect, { readonly kind: 'flush' | 'swap' }>): string {
  switch (effect.kind) {
    case 'setString':
      return `,${encodeBytes(effect.value)}`;
    case 'writeString':
      return `,${effect.offset},${encodeBytes(effect.bytes)}`;
    case 'setExpiry':
      return `,${effect.expireAt ?? 'null'}`;
    case 'delete':
      return '';
    case 'rename':
    case 'copy':
      return `,${effect.toDb},${encodeBytes(effect.toKey)}`;
    case 'setFields':
    case 'deleteFields':
      return `,${encodeAll(effect.fields)}`;
    case 'setFieldExpiry':
      return `,${encodeAll(effect.fields)},${effect.expireAt ?? 'null'}`;
    case 'addMembers':
    case 'removeMembers':
    case 'removeScores':
      return `,${encodeAll(effect.members)}`;
    case 'setScores':
      return `,${encodeAll(effect.members)},${encodeScores(effect.scores)}`;
    case 'pushElements':
      return `,"${effect.side}",${encodeAll(effect.elements)}`;
    case 'popElements':
      return `,"${effect.side}",${effect.count}`;
    case 'setElement':
      return `,${effect.index},${encodeBytes(effect.element)}`;
    case 'insertElements':
      return `,${effect.index},${encodeAll(effect.elements)}`;
    case 'removeElements':
      return `,${effect.index},${effect.count}`;
  }
}

/** Up to here one element after another takes no longer than all at once. */
const shortListMax = 4;

function encodeAll(list: readonly ByteString[]): string {
  if (list.length > shortListMax) {
    const json = JSON.stringify(list);
    if (isAscii(json)) return json;
  }
  let json = '';
  for (const element of list) json += json === '' ? encodeBytes(element) : `,${encodeBytes(element)}`;
  return `[${json}]`;
}

function encodeScores(scores: readonly number[]): string {
  if (scores.length > shortListMax && scores.every(isNumberOfJson)) return JSON.stringify(scores);
  return `[${scores.map(encodeScore).join(',')}]`;
}

function isNumberOfJson(score: number): boolean {
  return Number.isFinite(score) && !Object.is(score, -0);
}

/** A number of JSON; what it cannot hold (infinities, minus zero) as a text. */
export function encodeScore(score: number): string {
  return isNumberOfJson(score) ? String(score) : `"${scoreText(score)}"`;
}

export function scoreText(score: number): string {
  if (Object.is(score, -0)) return '-0';
  return Number.isFinite(score) ? String(score) : score > 0 ? 'inf' : '-inf';
}

const specialScores: ReadonlyMap<unknown, number> = new Map([
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0],
]);

/** `undefined`: it is none. */
export function decodeScore(json: unknown): number | undefined {
  // JSON itself has a minus zero, which is written as a text here, and no number that is not finite but by overflow.
  if (typeof json === 'number') return Number.isFinite(json) && !Object.is(json, -0) ? json : undefined;
  return specialScores.get(json);
}

/** @throws FormatError */
export function decodeEffects(json: unknown, databaseCount: number): readonly Effect[] {
  const reader = new Reader(databaseCount);
  return asList(json, 'effects').map((item, index) => {
    reader.begin(item, index);
    const kind = reader.item();
    const db = reader.database();
    const effect =
      kind === 'flush' || kind === 'swap' ? decodeOfDatabase(kind, db, reader) : decodeOfKey(kind, db, reader);
    reader.end();
    return effect;
  });
}

function decodeOfDatabase(kind: 'flush' | 'swap', db: number, reader: Reader): Effect {
  return kind === 'flush' ? { kind, db } : { kind, db, withDb: reader.database() };
}

function decodeOfKey(kind: unknown, db: number, reader: Reader): Effect {
  const key = reader.bytes();
  const effect = decodeEffect(kind, { db, key }, reader);
  const event = reader.event();
  return event === undefined ? effect : ({ ...effect, event } as Effect);
}

function decodeEffect(kind: unknown, place: { readonly db: number; readonly key: ByteString }, reader: Reader): Effect {
  switch (kind) {
    case 'setString':
      return { kind, ...place, value: reader.bytes() };
    case 'writeString':
      return { kind, ...place, offset: reader.count(), bytes: reader.bytes() };
    case 'setExpiry':
      return { kind, ...place, expireAt: reader.time() };
    case 'delete':
      return { kind, ...place };
    case 'rename':
    case 'copy':
      return { kind, ...place, toDb: reader.database(), toKey: reader.bytes() };
    case 'setFields':
      return { kind, ...place, fields: reader.pairs() };
    case 'deleteFields':
      return { kind, ...place, fields: reader.list() };
    case 'setFieldExpiry':
      return { kind, ...place, fields: reader.list(), expireAt: reader.time() };
    case 'addMembers':
    case 'removeMembers':
    case 'removeScores':
      return { kind, ...place, members: reader.list() };
    case 'setScores':
      return { kind, ...place, ...reader.scores() };
    case 'pushElements':
      return { kind, ...place, side: reader.side(), elements: reader.list() };
    case 'popElements':
      return { kind, ...place, side: reader.side(), count: reader.positive() };
    case 'setElement':
      return { kind, ...place, index: reader.count(), element: reader.bytes() };
    case 'insertElements':
      return { kind, ...place, index: reader.count(), elements: reader.list() };
    case 'removeElements':
      return { kind, ...place, index: reader.count(), count: reader.positive() };
    default:
      throw new FormatError(`an effect that is not known to this release: kind=${show(kind)}`);
  }
}

/** Takes what an effect needs one after another, in order. One for all effects: there are many, and they are small. */
class Reader {
  readonly #databaseCount: number;
  #items: readonly unknown[] = [];
  #at = 0;
  #index = 0;

  constructor(databaseCount: number) {
    this.#databaseCount = databaseCount;
  }

  /** The next effect, the list's item at this index. */
  begin(item: unknown, index: number): void {
    this.#items = Array.isArray(item) ? item : asList(item, this.#what(index));
    this.#at = 0;
    this.#index = index;
  }

  item(): unknown {
    return this.#items[this.#at++];
  }

  bytes(): ByteString {
    return this.#bytesOf(this.item());
  }

  #bytesOf(value: unknown): ByteString {
    return typeof value === 'string' && isAscii(value) ? value : decodeBytes(value, this.#what());
  }

  count(): number {
    const value = this.item();
    return isCount(value) ? value : asCount(value, this.#what());
  }

  positive(): number {
    const count = this.count();
    if (count > 0) return count;
    throw new FormatError(`${this.#what()} is of no element`);
  }

  /** At least one. */
  list(): readonly ByteString[] {
    const list = asList(this.item(), this.#what()).map((value) => this.#bytesOf(value));
    if (list.length > 0) return list;
    throw new FormatError(`${this.#what()} is of no element`);
  }

  /** In turn. */
  pairs(): readonly ByteString[] {
    const list = this.list();
    if (list.length % 2 === 0) return list;
    throw new FormatError(`${this.#what()} has a field without a value`);
  }

  scores(): { readonly members: readonly ByteString[]; readonly scores: readonly number[] } {
    const members = this.list();
    const scores = asList(this.item(), this.#what()).map((json) => {
      const score = decodeScore(json);
      if (score !== undefined) return score;
      throw new FormatError(`${this.#what()} has a score that is none: score=${show(json)}`);
    });
    if (scores.length === members.length) return { members, scores };
    throw new FormatError(`${this.#what()} has not as many scores as members`);
  }

  side(): 'left' | 'right' {
    const side = this.item();
    if (side === 'left' || side === 'right') return side;
    throw new FormatError(`${this.#what()} is of no side of a list: side=${show(side)}`);
  }

  /** Milliseconds since 1970; `undefined`: never. */
  time(): number | undefined {
    if (this.#items[this.#at] !== null) return this.count();
    this.#at++;
    return undefined;
  }

  /** What may stand at last. */
  event(): string | undefined {
    if (this.#at >= this.#items.length) return undefined;
    const event = this.item();
    if (typeof event === 'string' && isAscii(event)) return event;
    throw new FormatError(`${this.#what()} has an event that is no name: event=${show(event)}`);
  }

  database(): number {
    const db = this.count();
    if (db < this.#databaseCount) return db;
    throw new FormatError(`${this.#what()} is of a database that this node does not have, see --databases: db=${db}`);
  }

  end(): void {
    if (this.#at < this.#items.length) throw new FormatError(`${this.#what()} has more than it needs`);
  }

  /** Only made where something is wrong. */
  #what(index = this.#index): string {
    return `effects[${index}]`;
  }
}
