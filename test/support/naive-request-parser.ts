/**
 * What Valkey does with the bytes that a client sends, written as plainly as can be, over the whole text at once: the
 * model that the real parser is compared with.
 */
import type { ParserLimits } from '../../src/resp/request-parser.ts';

const lineLengthMax = 65_536;

class Incomplete extends Error {}
class Refused extends Error {}

/** All commands, and at last the text of the error if there is one. */
export function parseNaively(text: string, limits: ParserLimits): (string[] | string)[] {
  const found: (string[] | string)[] = [];
  let rest = text;
  try {
    while (rest !== '') {
      const command = rest.startsWith('*') ? array(rest, limits) : inline(rest);
      if (command.words.length > 0) found.push(command.words);
      rest = command.rest;
    }
  } catch (error) {
    if (error instanceof Refused) found.push(`Protocol error: ${error.message}`);
    else if (!(error instanceof Incomplete)) throw error;
  }
  return found;
}

function line(text: string, end: string, tooBig: string): number {
  const visible = text.slice(0, lineLengthMax + 1).replace(/\0[^]*/, '');
  const at = visible.indexOf(end);
  if (at >= 0) return at;
  throw text.length > lineLengthMax ? new Refused(tooBig) : new Incomplete();
}

function count(text: string, type: string, tooBig: string): { value: bigint | undefined; rest: string } {
  const end = line(text, '\r', tooBig);
  if (text.length < end + 2) throw new Incomplete();
  if (text[0] !== type) throw new Refused(`expected '${type}', got '${text[0]!.replace(/[\r\n]/, ' ')}'`);
  const digits = text.slice(1, end);
  const value = /^(0|-?[1-9][0-9]*)$/.test(digits) && digits.length < 21 ? BigInt(digits) : undefined;
  return { value: value === BigInt.asIntN(64, value ?? 0n) ? value : undefined, rest: text.slice(end + 2) };
}

function array(text: string, limits: ParserLimits): { words: string[]; rest: string } {
  const header = count(text, '*', 'too big mbulk count string');
  if (header.value === undefined || header.value > 2_147_483_647n) throw new Refused('invalid multibulk length');
  if (header.value > 10n && !limits.authenticated) throw new Refused('unauthenticated multibulk length');
  const words: string[] = [];
  let { rest } = header;
  for (let left = header.value; left > 0n; left--) {
    const bulk = count(rest, '$', 'too big bulk count string');
    if (bulk.value === undefined || bulk.value < 0n || bulk.value > BigInt(limits.bulkLengthMax)) {
      throw new Refused('invalid bulk length');
    }
    if (bulk.value > 16_384n && !limits.authenticated) throw new Refused('unauthenticated bulk length');
    const length = Number(bulk.value);
    if (bulk.rest.length < length + 2) throw new Incomplete();
    words.push(bulk.rest.slice(0, length));
    rest = bulk.rest.slice(length + 2);
  }
  return { words, rest };
}

const doubleQuoted = /^"((?:\\x[0-9a-fA-F]{2}|\\[^]|[^"\\])*)"(?=[ \t-\r]|$)/;
/** A backslash in front of a quote always takes that quote with it. */
const singleQuoted = /^'((?:\\'|\\(?!')|[^'\\])*)'(?=[ \t-\r]|$)/;
const controls: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

function inline(text: string): { words: string[]; rest: string } {
  const end = line(text, '\n', 'too big inline request');
  const words: string[] = [];
  let left = text
    .slice(0, end)
    .replace(/\r$/, '')
    .replace(/^[ \t-\r]+/, '');
  while (left !== '') {
    let word = /^[^ \t\n\r"']*/.exec(left)![0];
    left = left.slice(word.length);
    if (left.startsWith('"')) {
      const quoted = doubleQuoted.exec(left);
      if (quoted === null) throw new Refused('unbalanced quotes in request');
      word += quoted[1]!.replace(/\\(?:x([0-9a-fA-F]{2})|([^]))/g, (_, hex?: string, char?: string) =>
        hex === undefined ? (controls[char!] ?? char!) : String.fromCharCode(parseInt(hex, 16)),
      );
      left = left.slice(quoted[0].length);
    } else if (left.startsWith("'")) {
      const quoted = singleQuoted.exec(left);
      if (quoted === null) throw new Refused('unbalanced quotes in request');
      word += quoted[1]!.replaceAll("\\'", "'");
      left = left.slice(quoted[0].length);
    }
    words.push(word);
    left = left.replace(/^[ \t-\r]+/, '');
  }
  return { words, rest: text.slice(end + 1) };
}
