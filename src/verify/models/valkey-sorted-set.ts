/**
 * A key of Valkey that is a sorted set. Members with one score are in the order of their UTF-16, which is Valkey's for
 * ASCII. Of pops that wait, see `valkey-lists.ts`.
 */
import type { Json, Operation } from '../history.ts';
import { valueOf, withEntry, type Entries } from './entries.ts';
import { gaveUpEarly, modelOf, one, type Asked, type Reaction } from './reactions.ts';
import { arrayOf, finite, natural, nonNegative, nothing, orNull, text, tuple, zeroOrOne } from './shape.ts';

type Scores = Entries<number>;

const scored = tuple(text, finite);

export const valkeySortedSetModel = modelOf<Scores>({
  name: 'valkey-sorted-set',
  summary:
    'zadd [[member, score], …] → how many are new, zincrby [member, by] → score, zrem [member, …] → how many, zscore member → score or null, zrange → [[member, score], …], zpopmin and zpopmax → [member, score] or null, bzpopmin and bzpopmax wait → the same, del → 0 or 1',
  shapes: {
    zadd: { input: arrayOf(scored), output: natural },
    zincrby: { input: scored, output: finite },
    zrem: { input: arrayOf(text), output: natural },
    zscore: { input: text, output: orNull(finite) },
    zrange: { input: nothing, output: arrayOf(scored) },
    zpopmin: { input: nothing, output: orNull(scored) },
    zpopmax: { input: nothing, output: orNull(scored) },
    bzpopmin: { input: nonNegative, output: orNull(scored) },
    bzpopmax: { input: nonNegative, output: orNull(scored) },
    del: { input: nothing, output: zeroOrOne },
  },
  initial: orNull(arrayOf(scored)),
  begin: (initial) => withScores([], (initial ?? []) as Scores),
  react,
  changesNothing: ({ f }, output) =>
    f === 'zscore' || f === 'zrange' || output === null || (['zrem', 'del'].includes(f) && Number(output) === 0),
  unordered: [],
  isImpossible: (operation) => isWaiting(operation) && gaveUpEarly(operation, operation.input),
});

function isWaiting({ f }: Operation): boolean {
  return f === 'bzpopmin' || f === 'bzpopmax';
}

function react(scores: Scores, { f, input }: Asked): readonly Reaction<Scores>[] {
  switch (f) {
    case 'zadd': {
      const next = withScores(scores, input as Scores);
      return one(next, next.length - scores.length);
    }
    case 'zincrby': {
      const [member, by] = input as Scores[number];
      const sum = (valueOf(scores, member) ?? 0) + by;
      return one(withEntry(scores, member, sum), sum);
    }
    case 'zrem': {
      const next = (input as readonly string[]).reduce((left, member) => withEntry(left, member, undefined), scores);
      return one(next, scores.length - next.length);
    }
    case 'zscore':
      return one(scores, valueOf(scores, input as string) ?? null);
    case 'zrange':
      return one(scores, inOrder(scores) as Json);
    case 'del':
      return one([], Number(scores.length > 0));
    default: {
      const popped = inOrder(scores).at(f.endsWith('min') ? 0 : -1);
      return popped === undefined ? one(scores, null) : one(withEntry(scores, popped[0], undefined), popped as Json);
    }
  }
}

function withScores(scores: Scores, added: Scores): Scores {
  return added.reduce((next, [member, score]) => withEntry(next, member, score), scores);
}

/** Those with one score are in order already. */
function inOrder(scores: Scores): Scores {
  return scores.toSorted(([, left], [, right]) => left - right);
}
