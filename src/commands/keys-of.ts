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

export function keysOf(command: Command, argv: Arguments): FoundKey[] {
  return (command.keys ?? []).flatMap((spec) =>
    positions(spec, argv).map((position) => ({
      key: argv[position] as ByteString,
      flags: command.variableKeyFlags?.(argv) ?? spec.flags.map(keyFlag),
    })),
  );
}

function positions(spec: KeySpec, argv: Arguments): number[] {
  const first = firstPosition(spec, argv);
  if (first === undefined) return [];
  const { find } = spec;
  if (find.kind === 'unknown') return [];
  if (find.kind === 'range') {
    const last = find.lastKey >= 0 ? first + find.lastKey : argv.length + find.lastKey;
    return steps(first, Math.min(last, argv.length - 1), find.step);
  }
  const count = Number(parseInteger(argv[first + find.keynumIndex] ?? '') ?? 0);
  const start = first + find.firstKey;
  return steps(start, Math.min(start + (count - 1) * find.step, argv.length - 1), find.step);
}

function firstPosition({ begin }: KeySpec, argv: Arguments): number | undefined {
  if (begin.kind === 'index') return begin.position < argv.length ? begin.position : undefined;
  if (begin.kind === 'unknown') return undefined;
  const from = begin.startFrom > 0 ? begin.startFrom : argv.length + begin.startFrom;
  const at = argv.findIndex((word, index) => index >= from && word.toUpperCase() === begin.keyword);
  return at < 0 ? undefined : at + 1;
}

function steps(first: number, last: number, step: number): number[] {
  const found: number[] = [];
  for (let at = first; at <= last; at += step) found.push(at);
  return found;
}
