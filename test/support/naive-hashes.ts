/**
 * Hashes whose fields expire, as simple as can be: one field after the other, nothing batched, nothing remembered. It
 * knows the words of valid commands only, and answers `undefined` to commands that it does not know.
 */
import type { Reply } from '../../src/resp/reply.ts';

interface NaiveField {
  value: string;
  expireAt: number;
}

export class NaiveHashes {
  readonly #hashes = new Map<string, Map<string, NaiveField>>();

  answer(words: readonly string[], now: number): Reply | undefined {
    for (const [key, hash] of this.#hashes) {
      for (const [field, { expireAt }] of hash) if (expireAt <= now) hash.delete(field);
      if (hash.size === 0) this.#hashes.delete(key);
    }
    const [name, key = ''] = words;
    const hash = this.#hashes.get(key) ?? new Map<string, NaiveField>();
    const reply = answer(name!.toUpperCase(), words.slice(2), hash, now);
    if (hash.size > 0) this.#hashes.set(key, hash);
    else this.#hashes.delete(key);
    return reply;
  }
}

function answer(name: string, words: readonly string[], hash: Map<string, NaiveField>, now: number): Reply | undefined {
  const at = words.findIndex((word) => word.toUpperCase() === 'FIELDS');
  const options = words.slice(0, at).map((word) => word.toUpperCase());
  const fields = words.slice(at + 2);
  switch (name) {
    case 'HSET': {
      const before = hash.size;
      for (const [field, value] of pairsOf(words)) hash.set(field, { value, expireAt: Infinity });
      return hash.size - before;
    }
    case 'HGET':
      return hash.get(words[0]!)?.value ?? null;
    case 'HGETALL':
      return { kind: 'map', items: [...hash].flatMap(([field, { value }]) => [field, value]) };
    case 'HDEL':
      return words.filter((field) => hash.delete(field)).length;
    case 'HEXPIRE':
    case 'HPEXPIRE':
    case 'HEXPIREAT':
    case 'HPEXPIREAT': {
      const expireAt = timeOf(
        name.replace(/H(P?)EXPIRE/, (_, p: string) => (p === '' ? 'EX' : 'PX')),
        words[0]!,
        now,
      );
      return fields.map((field) => expire(hash, field, { expireAt, now, conditions: options.slice(1) }));
    }
    case 'HPERSIST':
      return fields.map((field) => persist(hash, field));
    case 'HPEXPIRETIME':
      return fields.map((field) => timeLeft(hash, field, 0));
    case 'HPTTL':
      return fields.map((field) => timeLeft(hash, field, now));
    case 'HGETDEL':
      return fields.map((field) => {
        const value = hash.get(field)?.value ?? null;
        hash.delete(field);
        return value;
      });
    case 'HGETEX':
      return fields.map((field) => {
        const value = hash.get(field)?.value ?? null;
        const [option = '', text = ''] = options;
        if (option === 'PERSIST') persist(hash, field);
        else if (option !== '') expire(hash, field, { expireAt: timeOf(option, text, now), now, conditions: [] });
        return value;
      });
    case 'HSETEX':
      return setExpiring(hash, { options, pairs: pairsOf(fields), now });
    default:
      return undefined;
  }
}

function pairsOf(words: readonly string[]): (readonly [field: string, value: string])[] {
  return words.flatMap((field, i) => (i % 2 === 0 ? [[field, words[i + 1]!] as const] : []));
}

function timeOf(unit: string, text: string, now: number): number {
  const time = Number(text) * (unit.startsWith('EX') ? 1000 : 1) + (unit.endsWith('AT') ? 0 : now);
  return Math.min(time, Number.MAX_SAFE_INTEGER);
}

function expire(
  hash: Map<string, NaiveField>,
  field: string,
  { expireAt, now, conditions }: { expireAt: number; now: number; conditions: readonly string[] },
): number {
  const found = hash.get(field);
  if (found === undefined) return -2;
  const before = found.expireAt;
  for (const condition of conditions) {
    if (condition === 'NX' && before !== Infinity) return 0;
    if (condition === 'XX' && before === Infinity) return 0;
    if (condition === 'GT' && expireAt <= before) return 0;
    if (condition === 'LT' && expireAt >= before) return 0;
  }
  found.expireAt = expireAt;
  if (expireAt > now) return 1;
  hash.delete(field);
  return 2;
}

function persist(hash: Map<string, NaiveField>, field: string): number {
  const found = hash.get(field);
  if (found === undefined) return -2;
  if (found.expireAt === Infinity) return -1;
  found.expireAt = Infinity;
  return 1;
}

function timeLeft(hash: Map<string, NaiveField>, field: string, from: number): number {
  const found = hash.get(field);
  if (found === undefined) return -2;
  return found.expireAt === Infinity ? -1 : found.expireAt - from;
}

function setExpiring(
  hash: Map<string, NaiveField>,
  { options, pairs, now }: { options: readonly string[]; pairs: (readonly [string, string])[]; now: number },
): number {
  const [first = ''] = options;
  if (first === 'NX' && hash.size > 0) return 0;
  if (first === 'XX' && hash.size === 0) return 0;
  if (first === 'FNX' && pairs.some(([field]) => hash.has(field))) return 0;
  if (first === 'FXX' && pairs.some(([field]) => !hash.has(field))) return 0;
  const [option = '', text = ''] = /^F?[NX]X$/.test(first) ? options.slice(1) : options;
  for (const [field, value] of pairs) {
    const kept = option === 'KEEPTTL' ? (hash.get(field)?.expireAt ?? Infinity) : Infinity;
    const expireAt = option === '' || option === 'KEEPTTL' ? kept : timeOf(option, text, now);
    hash.set(field, { value, expireAt });
    if (expireAt <= now) hash.delete(field);
  }
  return 1;
}
