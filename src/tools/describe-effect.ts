/** Effects in words, for people who read a log. */
import type { Effect } from '../keyspace/effect.ts';
import { toText, type ByteString } from '../resp/bytes.ts';

const lengthMax = 80;

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
  }
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
