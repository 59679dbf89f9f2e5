/** Finds the keys among the words of a command, by the key specifications of its row. */
import type { ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import type { Arguments, Command } from './command.ts';
import { keyFlag, type KeySpec } from './key-spec.ts';

export interface FoundKey {
  readonly key: ByteString;
  /** `RW`, `access`, `update` … */
  readonly flags: readonly string[];
}

/** Whether there can be keys. Some specifications are of words that only go where a key of that name would. */
export function hasKeys({ keys }: Command): boolean {
  return keys?.some(isOfKeys) === true;
}

function isOfKeys({ flags }: KeySpec): boolean {
  return !flags.includes('not_key');
}

export function keysOf(command: Command, argv: Arguments): FoundKey[] {
  const found = (command.keys ?? []).filter(isOfKeys).flatMap((spec) =>
    positions(spec, argv).map((position) => ({
      key: argv[position] as ByteString,
      flags: command.variableKeyFlags?.(argv) ?? spec.flags.map(keyFlag),
    })),
  );
  return [...found, ...(command.moreKeys?.(argv) ?? [])];
}

function positions(spec: KeySpec, argv: Arguments): number[] {
  const first = firstPosition(spec, argv);
  if (first === undefined) return [];
  const { find } = spec;
  switch (find.kind) {
    case 'unknown':
      return [];
    case 'range':
      return steps(first, Math.min(lastPosition(find, first, argv.length), argv.length - 1), find.step);
    case 'keynum': {
      const count = Number(parseInteger(argv[first + find.keynumIndex] ?? '') ?? 0);
      const start = first + find.firstKey;
      return steps(start, Math.min(start + (count - 1) * find.step, argv.length - 1), find.step);
    }
  }
}

/** A limit above 1 lets the keys be only that part of the words that are left: half of them, a third … */
function lastPosition(find: KeySpec['find'] & { kind: 'range' }, first: number, length: number): number {
  if (find.lastKey >= 0) return first + find.lastKey;
  if (find.limit <= 1) return length + find.lastKey;
  return first + Math.floor((length - first) / find.limit) + find.lastKey;
}

/** A keyword is looked for from a place on to the end, or, where that is negative, from there back to the beginning. */
function firstPosition({ begin }: KeySpec, argv: Arguments): number | undefined {
  if (begin.kind === 'index') return begin.position < argv.length ? begin.position : undefined;
  if (begin.kind === 'unknown') return undefined;
  const isKeyword = (word: ByteString): boolean => word.toUpperCase() === begin.keyword;
  const at =
    begin.startFrom > 0
      ? argv.findIndex((word, index) => index >= begin.startFrom && isKeyword(word))
      : argv.findLastIndex((word, index) => index > 0 && index <= argv.length + begin.startFrom && isKeyword(word));
  return at < 0 || at + 1 >= argv.length ? undefined : at + 1;
}

function steps(first: number, last: number, step: number): number[] {
  const found: number[] = [];
  for (let at = first; at <= last; at += step) found.push(at);
  return found;
}
