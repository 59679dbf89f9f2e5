/** Effects in words, for people who read a log. */
import type { Effect, ElementEffect } from '../keyspace/effect.ts';
import { scoreText } from '../log/journal/effect-format.ts';
import { toText, type ByteString } from '../resp/bytes.ts';

const lengthMax = 80;
/** Elements that are shown. */
const shownMax = 5;

/** `set "key" to "value"`, with the database in front where it is not the first. */
export function describeEffect(effect: Effect): string {
  const place = effect.db === 0 ? '' : `[${effect.db}] `;
  return `${place}${what(effect)}`;
}

/** The keys that it changes. */
export function keysOf(effect: Effect): readonly ByteString[] {
  switch (effect.kind) {
    case 'flush':
    case 'swap':
      return [];
    case 'rename':
    case 'copy':
      return [effect.key, effect.toKey];
    default:
      return [effect.key];
  }
}

function what(effect: Effect): string {
  switch (effect.kind) {
    case 'setString':
      return `set ${show(effect.key)} to ${show(effect.value)}`;
    case 'writeString':
      return `write into ${show(effect.key)} at ${effect.offset}: ${show(effect.bytes)}`;
    case 'setExpiry':
      return effect.expireAt === undefined
        ? `let ${show(effect.key)} live for ever`
        : `let ${show(effect.key)} expire at ${new Date(effect.expireAt).toISOString()}`;
    case 'delete':
      return `delete ${show(effect.key)}`;
    case 'rename':
      return `rename ${show(effect.key)} to ${inDatabase(effect.toDb, effect.db)}${show(effect.toKey)}`;
    case 'copy':
      return `copy ${show(effect.key)} to ${inDatabase(effect.toDb, effect.db)}${show(effect.toKey)}`;
    case 'flush':
      return 'delete everything';
    case 'swap':
      return `swap with database ${effect.withDb}`;
    default:
      return onElements(effect);
  }
}

function onElements(effect: ElementEffect): string {
  const key = show(effect.key);
  switch (effect.kind) {
    case 'setFields':
      return `set in the hash ${key}: ${list(pairsOf(effect.fields), ([field, value]) => `${show(field)} to ${show(value)}`)}`;
    case 'deleteFields':
      return `delete from the hash ${key}: ${list(effect.fields, show)}`;
    case 'setFieldExpiry': {
      const when =
        effect.expireAt === undefined ? 'live for ever' : `expire at ${new Date(effect.expireAt).toISOString()}`;
      return `let fields of the hash ${key} ${when}: ${list(effect.fields, show)}`;
    }
    case 'addMembers':
      return `add to the set ${key}: ${list(effect.members, show)}`;
    case 'removeMembers':
      return `remove from the set ${key}: ${list(effect.members, show)}`;
    case 'setScores': {
      const scored = effect.members.map((member, index) => ({ member, score: effect.scores[index] as number }));
      return `set in the sorted set ${key}: ${list(scored, ({ member, score }) => `${show(member)} to ${scoreText(score)}`)}`;
    }
    case 'removeScores':
      return `remove from the sorted set ${key}: ${list(effect.members, show)}`;
    case 'pushElements':
      return `push to the ${effect.side} of the list ${key}: ${list(effect.elements, show)}`;
    case 'popElements':
      return `pop ${effect.count} from the ${effect.side} of the list ${key}`;
    case 'setElement':
      return `set element ${effect.index} of the list ${key} to ${show(effect.element)}`;
    case 'insertElements':
      return `insert into the list ${key} before element ${effect.index}: ${list(effect.elements, show)}`;
    case 'removeElements':
      return `remove ${effect.count} from element ${effect.index} on of the list ${key}`;
  }
}

function pairsOf(fields: readonly ByteString[]): readonly (readonly [ByteString, ByteString])[] {
  const pairs: (readonly [ByteString, ByteString])[] = [];
  for (let i = 0; i < fields.length; i += 2) pairs.push([fields[i] as ByteString, fields[i + 1] as ByteString]);
  return pairs;
}

/** The first few. */
function list<Item>(items: readonly Item[], text: (item: Item) => string): string {
  const more = items.length > shownMax ? `, … (${items.length})` : '';
  return `${items.slice(0, shownMax).map(text).join(', ')}${more}`;
}

function inDatabase(db: number, own: number): string {
  return db === own ? '' : `[${db}] `;
}

/** Text as text, other bytes escaped; long ones cut, with their length. */
function show(bytes: ByteString): string {
  const shown = bytes.slice(0, lengthMax);
  const text = toText(shown);
  const quoted = JSON.stringify(text ?? shown).replace(/[\u0080-\u009f]/g, escape);
  const isCut = bytes.length > lengthMax;
  return `${text === undefined ? quoted.replace(/[\u00a0-\u00ff]/g, escape) : quoted}${isCut ? `… (${bytes.length} bytes)` : ''}`;
}

function escape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16)}`;
}
