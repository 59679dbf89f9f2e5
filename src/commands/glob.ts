/**
 * Glob patterns as KEYS, SCAN and CONFIG GET take them: `*`, `?`, `[a-z]`, `[^a]`, and `\` before anything. The rules,
 * odd ones too, are those of Valkey's `stringmatchlen`: a class without an end goes to the end of the pattern, a range
 * may be written upside down, a lone backslash at the end is itself, and only the empty pattern matches the empty
 * subject. One rule is ours: ranges compare bytes as unsigned, where Valkey's order depends on the processor.
 *
 * Patterns come from clients and may be as long as any argument: matching allocates nothing, and no pattern is
 * exponential. After a later `*` has matched, an earlier one is never tried again, which is enough: what stands
 * between two stars may as well be found at its first place.
 */
import type { ByteString } from '../resp/bytes.ts';

const star = 42;
const questionMark = 63;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const caret = 94;
const hyphen = 45;

export function matchesGlob(pattern: ByteString, subject: ByteString, options: { nocase?: boolean } = {}): boolean {
  if (options.nocase === true) return match(pattern.toLowerCase(), subject.toLowerCase());
  return match(pattern, subject);
}

function match(pattern: ByteString, subject: ByteString): boolean {
  if (subject === '') return pattern === '';
  let [piece, at] = [0, 0];
  // Where to go on if what follows the last star does not match here.
  let [starPiece, starAt] = [-1, -1];
  while (at < subject.length) {
    if (pattern.charCodeAt(piece) === star) {
      starPiece = ++piece;
      starAt = at;
      if (piece === pattern.length) return true;
      continue;
    }
    const next = afterPiece(pattern, piece, subject.charCodeAt(at));
    if (next !== undefined) {
      piece = next;
      at++;
    } else if (starPiece >= 0) {
      piece = starPiece;
      at = ++starAt;
    } else {
      return false;
    }
  }
  // Each piece behind the last star takes one byte, so a later place for them would want even more bytes.
  while (pattern.charCodeAt(piece) === star) piece++;
  return piece === pattern.length;
}

/** Where the piece that begins here ends, if it matches this byte. */
function afterPiece(pattern: ByteString, start: number, code: number): number | undefined {
  if (start >= pattern.length) return undefined;
  const first = pattern.charCodeAt(start);
  if (first === questionMark) return start + 1;
  if (first === openBracket) return afterClass(pattern, start + 1, code);
  const literal = first === backslash && start + 1 < pattern.length ? start + 1 : start;
  return pattern.charCodeAt(literal) === code ? literal + 1 : undefined;
}

function afterClass(pattern: ByteString, start: number, code: number): number | undefined {
  const negated = pattern.charCodeAt(start) === caret;
  let at = negated ? start + 1 : start;
  let found = false;
  for (; at < pattern.length; at++) {
    let low = pattern.charCodeAt(at);
    if (low === closeBracket) break;
    let high = low;
    if (low === backslash && at + 1 < pattern.length) {
      low = high = pattern.charCodeAt(++at);
    } else if (at + 2 < pattern.length && pattern.charCodeAt(at + 1) === hyphen) {
      high = pattern.charCodeAt(at + 2);
      at += 2;
    }
    if (low <= high ? low <= code && code <= high : high <= code && code <= low) found = true;
  }
  if (found === negated) return undefined;
  return Math.min(at + 1, pattern.length);
}
