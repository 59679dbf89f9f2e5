/** A key of Valkey that is a hash. */
import type { Json } from '../history.ts';
import { valueOf, withEntry, type Entries } from './entries.ts';
import { increment } from './int64.ts';
import { modelOf, one, type Asked, type Reaction } from './reactions.ts';
import { arrayOf, integer, natural, nothing, orNull, text, tuple, zeroOrOne } from './shape.ts';

type Hash = Entries<string>;
type Field = Hash[number];

const field = tuple(text, text);

export const valkeyHashModel = modelOf<Hash>({
  name: 'valkey-hash',
  summary:
    'hset [[field, value], …] → how many are new, hsetnx [field, value] → 0 or 1, hget field → value or null, hgetall → [[field, value], …], hdel [field, …] → how many, hincrby [field, by] → number, del → 0 or 1',
  shapes: {
    hset: { input: arrayOf(field), output: natural },
    hsetnx: { input: field, output: zeroOrOne },
    hget: { input: text, output: orNull(text) },
    hgetall: { input: nothing, output: arrayOf(field) },
    hdel: { input: arrayOf(text), output: natural },
    hincrby: { input: tuple(text, integer), output: integer },
    del: { input: nothing, output: zeroOrOne },
  },
  initial: orNull(arrayOf(field)),
  begin: (initial) => withFields([], (initial ?? []) as Hash),
  react,
  changesNothing: ({ f }, output) =>
    f === 'hget' || f === 'hgetall' || (['hsetnx', 'hdel', 'del'].includes(f) && Number(output) === 0),
  unordered: ['hgetall'],
});

function react(hash: Hash, { f, input }: Asked): readonly Reaction<Hash>[] {
  switch (f) {
    case 'hset': {
      const next = withFields(hash, input as Hash);
      return one(next, next.length - hash.length);
    }
    case 'hsetnx': {
      const [name] = input as Field;
      return valueOf(hash, name) === undefined ? one(withFields(hash, [input as Field]), 1) : one(hash, 0);
    }
    case 'hget':
      return one(hash, valueOf(hash, input as string) ?? null);
    case 'hgetall':
      return one(hash, hash);
    case 'hdel': {
      const next = (input as readonly string[]).reduce((left, name) => withEntry(left, name, undefined), hash);
      return one(next, hash.length - next.length);
    }
    case 'del':
      return one([], Number(hash.length > 0));
    default: {
      const [name, by] = input as readonly [string, Json];
      const sum = increment(valueOf(hash, name) ?? '0', by);
      return sum === undefined ? [] : one(withEntry(hash, name, sum), Number(sum));
    }
  }
}

function withFields(hash: Hash, fields: Hash): Hash {
  return fields.reduce((next, [name, value]) => withEntry(next, name, value), hash);
}
