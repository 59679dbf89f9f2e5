/**
 * The names of cycles, by the kinds of their edges: those of Adya's thesis (Weak Consistency, MIT 1999) as Elle refines
 * them. `-item`: no predicates are involved, as always here. `-process` and `-realtime`: the cycle needs an edge of
 * time, so it breaks strict serializability only; without such an edge it breaks serializability.
 */
import type { Dependency, DependencyKind } from '../verdict.ts';
import type { CycleBaseName, CycleName, TimeSuffix } from './anomaly-names.ts';
import { kindBits } from './graph.ts';

interface BaseKind {
  readonly name: CycleBaseName;
  /** Those of its edges that are not of time; the cycle has at least one of the last kind. */
  readonly kinds: readonly DependencyKind[];
  readonly readWrites: ReadWrites;
  readonly meaning: string;
}

/** How many read-write edges there are: none, one, several of which no two follow each other, several, or whatever. */
type ReadWrites = 'none' | 'one' | 'apart' | 'many' | 'any';

const bases: readonly BaseKind[] = [
  {
    name: 'G0',
    kinds: ['write-write'],
    readWrites: 'none',
    meaning: 'appends of transactions are interleaved',
  },
  {
    name: 'G1c',
    kinds: ['write-write', 'write-read'],
    readWrites: 'none',
    meaning: 'information flows in a circle',
  },
  {
    name: 'G-single-item',
    kinds: ['write-write', 'write-read', 'read-write'],
    readWrites: 'one',
    meaning: 'a transaction did not see what it must have come after',
  },
  {
    name: 'G-nonadjacent-item',
    kinds: ['write-write', 'write-read', 'read-write'],
    readWrites: 'apart',
    meaning: 'transactions missed what others had done, which snapshots do not explain',
  },
  {
    name: 'G2-item',
    kinds: ['write-write', 'write-read', 'read-write'],
    readWrites: 'many',
    meaning: 'transactions missed what each other did, as in write skew',
  },
];

/** What time must take part in a cycle. */
const times: readonly {
  readonly suffix: TimeSuffix;
  readonly kinds: readonly DependencyKind[];
  readonly meaning: string;
}[] = [
  { suffix: '', kinds: [], meaning: '' },
  { suffix: '-process', kinds: ['process'], meaning: ', given what each process did first' },
  { suffix: '-realtime', kinds: ['process', 'real-time'], meaning: ', given what had returned before what was called' },
];

/** What to search for. */
export interface CyclePattern {
  /** Of which its edges may be: a set of `kindBits`. */
  readonly allowed: number;
  /** At least one edge is of this kind (of these, if it is several): the search begins there. */
  readonly start: number;
  /** At least one edge is of this kind too; 0: no such condition. */
  readonly time: number;
  readonly readWrites: ReadWrites;
}

export interface CycleKind extends CyclePattern {
  readonly name: CycleName;
  readonly meaning: string;
  /** Where a cycle of this kind is known, one of these says nothing new. */
  readonly implied: ReadonlySet<string>;
}

/** The worst first: without edges of time, and with fewer read-write edges. */
export const cycleKinds: readonly CycleKind[] = times.flatMap((time, timeAt) =>
  bases.map((base, baseAt) => ({
    name: `${base.name}${time.suffix}` as const,
    allowed: bitsOf([...base.kinds, ...time.kinds]),
    start: kindBits[base.kinds.at(-1) as DependencyKind],
    time: bitsOf(time.kinds.slice(-1)),
    readWrites: base.readWrites,
    meaning: base.meaning + time.meaning,
    implied: new Set(
      times.slice(timeAt).flatMap(({ suffix }) =>
        bases
          .slice(baseAt)
          .filter(({ readWrites }) => (readWrites === 'none') === (base.readWrites === 'none'))
          .map(({ name }) => name + suffix),
      ),
    ),
  })),
);

const allKinds = bitsOf(Object.keys(kindBits) as DependencyKind[]);

export const anyCycle: CyclePattern = { allowed: allKinds, start: allKinds, time: 0, readWrites: 'any' };

function bitsOf(kinds: readonly DependencyKind[]): number {
  return kinds.reduce((bits, kind) => bits | kindBits[kind], 0);
}

/** What a cycle is, whatever it was searched as. */
export function kindOf(kinds: readonly Dependency['kind'][]): CycleKind {
  const has = (kind: DependencyKind): boolean => kinds.includes(kind);
  const suffix = has('real-time') ? '-realtime' : has('process') ? '-process' : '';
  const name = baseNameOf(kinds) + suffix;
  return cycleKinds.find((kind) => kind.name === name) as CycleKind;
}

function baseNameOf(kinds: readonly DependencyKind[]): string {
  const readWrites = kinds.filter((kind) => kind === 'read-write').length;
  if (readWrites === 0) return kinds.includes('write-read') ? 'G1c' : 'G0';
  if (readWrites === 1) return 'G-single-item';
  const isAdjacent = kinds.some((kind, at) => kind === 'read-write' && kinds.at(at - 1) === 'read-write');
  return isAdjacent ? 'G2-item' : 'G-nonadjacent-item';
}
