/** LCS: the longest common subsequence of two strings. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineData } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { integerOf } from '../numbers.ts';
import { stringAt } from '../values.ts';

export const lcs = defineData({
  name: 'LCS',
  group: 'string',
  arity: -3,
  flags: ['readonly'],
  categories: ['string'],
  keys: [
    {
      flags: ['RO', 'ACCESS'],
      begin: { kind: 'index', position: 1 },
      find: { kind: 'range', lastKey: 1, step: 1, limit: 0 },
    },
  ],
  doc: {
    summary: 'Finds the longest common subsequence of the strings at two keys.',
    since: '7.0.0',
    complexity: 'O(N*M) where N and M are the lengths of s1 and s2, respectively',
    arguments: [
      { name: 'key1', type: 'key', keySpecIndex: 0 },
      { name: 'key2', type: 'key', keySpecIndex: 0 },
      { name: 'len', type: 'pure-token', token: 'LEN', optional: true },
      { name: 'idx', type: 'pure-token', token: 'IDX', optional: true },
      { name: 'min-match-len', type: 'integer', token: 'MINMATCHLEN', optional: true },
      { name: 'withmatchlen', type: 'pure-token', token: 'WITHMATCHLEN', optional: true },
    ],
  },
  parse: (argv) => parseLcs(argv),
  execute: ({ view, server }, { keys, wants, minMatchLength, withMatchLength }) => {
    const [a, b] = keys.map((key) => stringAt(view, key) ?? '') as [ByteString, ByteString];
    const cells = (a.length + 1) * (b.length + 1);
    if (cells * Uint32Array.BYTES_PER_ELEMENT > server.configuration.bulkLengthMax) {
      throw new CommandError('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len');
    }
    const table = new LcsTable(a, b);
    if (wants === 'length') return table.length;
    if (wants === 'text') return table.text();
    const matches = table
      .matches()
      .filter((match) => match.length >= minMatchLength)
      .map(({ a: inA, b: inB, length }): Reply => {
        const ranges: Reply[] = [
          [inA, inA + length - 1],
          [inB, inB + length - 1],
        ];
        return withMatchLength ? [...ranges, length] : ranges;
      });
    return { kind: 'map', items: ['matches', matches, 'len', table.length] };
  },
});

interface LcsArguments {
  readonly keys: readonly ByteString[];
  wants: 'text' | 'length' | 'matches';
  minMatchLength: number;
  withMatchLength: boolean;
}

function parseLcs(argv: readonly ByteString[]): LcsArguments {
  const parsed: LcsArguments = { keys: argv.slice(1, 3), wants: 'text', minMatchLength: 0, withMatchLength: false };
  let [length, matches] = [false, false];
  for (let i = 3; i < argv.length; i++) {
    const option = (argv[i] as ByteString).toUpperCase();
    if (option === 'LEN') length = true;
    else if (option === 'IDX') matches = true;
    else if (option === 'WITHMATCHLEN') parsed.withMatchLength = true;
    else if (option === 'MINMATCHLEN' && i + 1 < argv.length) {
      parsed.minMatchLength = Number(integerOf(argv[++i] as ByteString));
    } else throw new CommandError(syntaxError);
  }
  if (length && matches) {
    throw new CommandError('ERR If you want both the length and indexes, please just use IDX.');
  }
  if (length) parsed.wants = 'length';
  if (matches) parsed.wants = 'matches';
  return parsed;
}

interface Match {
  /** Where it begins in either string. */
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/** The table of the textbook: the length of the longest common subsequence of every two prefixes. */
class LcsTable {
  readonly #a: ByteString;
  readonly #b: ByteString;
  readonly #lengths: Uint32Array;

  constructor(a: ByteString, b: ByteString) {
    this.#a = a;
    this.#b = b;
    const width = b.length + 1;
    const lengths = allocate((a.length + 1) * width);
    for (let i = 1; i <= a.length; i++) {
      for (let j = 1; j <= b.length; j++) {
        const at = i * width + j;
        if (a.charCodeAt(i - 1) === b.charCodeAt(j - 1)) lengths[at] = (lengths[at - width - 1] as number) + 1;
        else lengths[at] = Math.max(lengths[at - width] as number, lengths[at - 1] as number);
      }
    }
    this.#lengths = lengths;
  }

  get length(): number {
    return this.#lengths.at(-1) as number;
  }

  text(): ByteString {
    return this.matches()
      .map(({ a, length }) => this.#a.slice(a, a + length))
      .reverse()
      .join('');
  }

  /** Runs of equal bytes, from the end of the strings to their beginning, as Valkey lists them. */
  matches(): Match[] {
    const matches: Match[] = [];
    let run: { a: number; b: number; length: number } | undefined;
    let [i, j] = [this.#a.length, this.#b.length];
    while (i > 0 && j > 0) {
      if (this.#a.charCodeAt(i - 1) === this.#b.charCodeAt(j - 1)) {
        i--;
        j--;
        if (run?.a === i + 1 && run.b === j + 1) {
          run.a = i;
          run.b = j;
          run.length++;
        } else {
          if (run !== undefined) matches.push(run);
          run = { a: i, b: j, length: 1 };
        }
      } else if (this.#lengthOf(i - 1, j) > this.#lengthOf(i, j - 1)) i--;
      else j--;
    }
    if (run !== undefined) matches.push(run);
    return matches;
  }

  #lengthOf(i: number, j: number): number {
    return this.#lengths[i * (this.#b.length + 1) + j] as number;
  }
}

/** The limit on strings bounds the table too, but the machine may have less to give. */
function allocate(cells: number): Uint32Array {
  try {
    return new Uint32Array(cells);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CommandError('ERR Insufficient memory, failed allocating transient memory for LCS');
  }
}
