/**
 * What HSCAN, SSCAN and ZSCAN have in common: `key cursor [MATCH pattern] [COUNT count] [NOVALUES | NOSCORES]`, and the
 * walk that answers them. As in Valkey the options are looked at only where there is a collection to scan: of a missing
 * key everything is well.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import { CommandError, syntaxError } from './command-error.ts';
import type { Arguments } from './command.ts';
import { matchesGlob } from './glob.ts';
import { cursorOf, scanCountOf, walk, type Scan } from './scan-walk.ts';

export interface ElementScan {
  readonly key: ByteString;
  readonly cursor: number;
  /** As they came. */
  readonly options: Arguments;
}

export function parseElementScan(argv: Arguments): ElementScan {
  return { key: argv[1] as ByteString, cursor: cursorOf(argv[2] as ByteString), options: argv.slice(3) };
}

/** How a type is scanned. */
interface Scanned<Element extends readonly unknown[]> {
  /** The option by which an element is answered by its name alone. */
  readonly nameOnly?: 'NOVALUES' | 'NOSCORES';
  /** An element as it is answered: its name, which MATCH compares, and what belongs to it. */
  readonly answer: (...element: Element) => readonly [name: ByteString, ...ByteString[]];
}

const nothing: Reply = ['0', []];

/** @param collection `undefined`: there is no such key */
export function scanElements<Element extends readonly unknown[]>(
  collection: { readonly scan: Scan<Element> } | undefined,
  { cursor, options: words }: ElementScan,
  { nameOnly, answer }: Scanned<Element>,
): Reply {
  if (collection === undefined) return nothing;
  const options = parseOptions(words, nameOnly);
  const answers: ByteString[] = [];
  const next = walk<Element>(
    (from, visit) => collection.scan(from, visit),
    { cursor, count: options.count },
    (...element) => {
      const [name, ...rest] = answer(...element);
      if (options.pattern !== undefined && !matchesGlob(options.pattern, name)) return;
      answers.push(name);
      if (!options.nameOnly) answers.push(...rest);
    },
  );
  return [String(next), answers];
}

interface Options {
  pattern: ByteString | undefined;
  count: number;
  nameOnly: boolean;
}

function parseOptions(words: Arguments, nameOnly: string | undefined): Options {
  const options: Options = { pattern: undefined, count: 10, nameOnly: false };
  for (let i = 0; i < words.length; i++) {
    const option = (words[i] as ByteString).toUpperCase();
    const value = words[i + 1];
    if (option === 'COUNT' && value !== undefined) {
      options.count = scanCountOf(value);
      i++;
    } else if (option === 'MATCH' && value !== undefined) {
      options.pattern = value === '*' ? undefined : value;
      i++;
    } else {
      requireNameOnly(option, nameOnly);
      options.nameOnly = true;
    }
  }
  return options;
}

const homes: Readonly<Record<string, string>> = { NOVALUES: 'HSCAN', NOSCORES: 'ZSCAN' };

function requireNameOnly(option: string, nameOnly: string | undefined): void {
  if (option === nameOnly) return;
  const home = homes[option];
  throw new CommandError(home === undefined ? syntaxError : `ERR ${option} option can only be used in ${home}`);
}
