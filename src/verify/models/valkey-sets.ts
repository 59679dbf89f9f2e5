/** Sets of Valkey that members are moved between, so that together they are one object. */
import { valueOf, withEntry, type Entries } from './entries.ts';
import { modelOf, one, type Asked, type Reaction } from './reactions.ts';
import { arrayOf, natural, orNull, someOf, text, tuple, zeroOrOne } from './shape.ts';

type Members = readonly string[];
type Sets = Entries<Members>;

const setAndMembers = tuple(text, someOf(text));

export const valkeySetsModel = modelOf<Sets>({
  name: 'valkey-sets',
  summary:
    'sadd and srem [set, [member, …]] → how many, sismember [set, member] → 0 or 1, smembers set → array, spop and srandmember set → any member, or null, smove [from, to, member] → 0 or 1, sunion [set, …] → array, del set → 0 or 1',
  shapes: {
    sadd: { input: setAndMembers, output: natural },
    srem: { input: setAndMembers, output: natural },
    sismember: { input: tuple(text, text), output: zeroOrOne },
    smembers: { input: text, output: arrayOf(text) },
    spop: { input: text, output: orNull(text) },
    srandmember: { input: text, output: orNull(text) },
    smove: { input: tuple(text, text, text), output: zeroOrOne },
    sunion: { input: someOf(text), output: arrayOf(text) },
    del: { input: text, output: zeroOrOne },
  },
  initial: orNull(arrayOf(setAndMembers)),
  begin: (initial) =>
    ((initial ?? []) as Sets).reduce<Sets>((sets, [name, members]) => withMembers(sets, name, members), []),
  react,
  changesNothing: ({ f }, output) => reads.has(f) || output === null || Number(output) === 0,
  unordered: ['smembers', 'sunion'],
});

const reads = new Set(['sismember', 'smembers', 'srandmember', 'sunion']);

function react(sets: Sets, { f, input }: Asked): readonly Reaction<Sets>[] {
  switch (f) {
    case 'sadd':
    case 'srem': {
      const [name, members] = input as [string, Members];
      const next = f === 'sadd' ? withMembers(sets, name, members) : withoutMembers(sets, name, members);
      return one(next, Math.abs(membersOf(next, name).length - membersOf(sets, name).length));
    }
    case 'sismember': {
      const [name, member] = input as [string, string];
      return one(sets, Number(membersOf(sets, name).includes(member)));
    }
    case 'smembers':
      return one(sets, membersOf(sets, input as string));
    case 'spop':
    case 'srandmember': {
      const name = input as string;
      const members = membersOf(sets, name);
      if (members.length === 0) return one(sets, null);
      return members.map((member) => ({
        state: f === 'spop' ? withoutMembers(sets, name, [member]) : sets,
        reply: member,
      }));
    }
    case 'smove': {
      const [from, to, member] = input as [string, string, string];
      if (!membersOf(sets, from).includes(member)) return one(sets, 0);
      return one(withMembers(withoutMembers(sets, from, [member]), to, [member]), 1);
    }
    case 'sunion':
      return one(sets, [...new Set((input as readonly string[]).flatMap((name) => membersOf(sets, name)))]);
    default:
      return one(withEntry(sets, input as string, undefined), Number(membersOf(sets, input as string).length > 0));
  }
}

function membersOf(sets: Sets, name: string): Members {
  return valueOf(sets, name) ?? [];
}

function withMembers(sets: Sets, name: string, members: Members): Sets {
  return withEntry(sets, name, [...new Set([...membersOf(sets, name), ...members])].sort());
}

/** An empty set is none. */
function withoutMembers(sets: Sets, name: string, members: Members): Sets {
  const left = membersOf(sets, name).filter((member) => !members.includes(member));
  return withEntry(sets, name, left.length === 0 ? undefined : left);
}
