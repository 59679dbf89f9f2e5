/**
 * Glob patterns as KEYS, SCAN and CONFIG GET take them: `*`, `?`, `[a-z]`, `[^a]`, and `\` before anything. The rules,
 * odd ones too, are those of Valkey's `stringmatchlen`: a class without an end goes to the end of the pattern, a range
 * may be written upside down, a lone backslash at the end is itself.
 *
 * No pattern is exponential: after a later `*` matches, an earlier one is never tried again, which is enough, because
 * what stands between two stars may as well be found at its first place.
 */
import type { ByteString } from '../resp/bytes.ts';

export function matchesGlob(pattern: ByteString, subject: ByteString, options: { nocase?: boolean } = {}): boolean {
  const nocase = options.nocase ?? false;
  const pieces = compile(nocase ? pattern.toLowerCase() : pattern);
  const text = nocase ? subject.toLowerCase() : subject;
  let [piece, at] = [0, 0];
  // Where to go on if what follows the last star does not match here.
  let [starPiece, starAt] = [-1, -1];
  while (at < text.length || piece < pieces.length) {
    const current = pieces[piece];
    if (current === 'star') {
      starPiece = ++piece;
      starAt = at;
    } else if (current !== undefined && at < text.length && current(text.charCodeAt(at))) {
      piece++;
      at++;
    } else if (starPiece >= 0 && starAt < text.length) {
      piece = starPiece;
      at = ++starAt;
    } else {
      return false;
    }
  }
  return true;
}

type Piece = 'star' | ((code: number) => boolean);

/** The pattern that was compiled last: KEYS and SCAN match one against many. */
let last: { readonly pattern: ByteString; readonly pieces: readonly Piece[] } = { pattern: '', pieces: [] };

function compile(pattern: ByteString): readonly Piece[] {
  if (last.pattern === pattern) return last.pieces;
  const pieces: Piece[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    if (char === '*') {
      if (pieces.at(-1) !== 'star') pieces.push('star');
      at++;
    } else if (char === '?') {
      pieces.push(() => true);
      at++;
    } else if (char === '[') {
      const { test, end } = compileClass(pattern, at + 1);
      pieces.push(test);
      at = end;
    } else {
      if (char === '\\' && at + 1 < pattern.length) at++;
      const wanted = pattern.charCodeAt(at);
      pieces.push((code) => code === wanted);
      at++;
    }
  }
  last = { pattern, pieces };
  return pieces;
}

function compileClass(pattern: ByteString, start: number): { test: (code: number) => boolean; end: number } {
  let at = start;
  const negated = pattern[at] === '^';
  if (negated) at++;
  const ranges: [low: number, high: number][] = [];
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\' && at + 1 < pattern.length) {
      at++;
      ranges.push([pattern.charCodeAt(at), pattern.charCodeAt(at)]);
    } else if (at + 2 < pattern.length && pattern[at + 1] === '-') {
      const [a, b] = [pattern.charCodeAt(at), pattern.charCodeAt(at + 2)];
      ranges.push([Math.min(a, b), Math.max(a, b)]);
      at += 2;
    } else {
      ranges.push([pattern.charCodeAt(at), pattern.charCodeAt(at)]);
    }
    at++;
  }
  const test = (code: number): boolean => ranges.some(([low, high]) => code >= low && code <= high) !== negated;
  return { test, end: at + 1 };
}
