/**
 * Splits an inline command into its words, with Valkey's quoting (`sdssplitargs`): "…" with \xHH, \n, \r, \t, \b, \a
 * and \any, '…' with \' only. A closing quote ends the word and must be followed by white space or the end; a quote
 * may open in the middle of a word. White space is C's `isspace`, but vertical tab and form feed do not end a word
 * that is not quoted: they are part of it.
 */
import type { ByteString } from './bytes.ts';
import { cutLengthMax } from './incoming.ts';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** The words, or `undefined` where the quotes are not balanced. */
export function splitInline(line: ByteString): ByteString[] | undefined {
  const words: ByteString[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line.charCodeAt(at))) at++;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    words.push(word.text);
    at = word.end;
  }
}

interface Word {
  readonly text: ByteString;
  readonly end: number;
}

function readWord(line: ByteString, start: number): Word | undefined {
  let at = start;
  while (at < line.length && !endsWord(line.charCodeAt(at))) {
    const char = line.charAt(at);
    if (char === '"' || char === "'") {
      const quoted = char === '"' ? doubleQuoted(line, at + 1) : singleQuoted(line, at + 1);
      if (quoted === undefined) return undefined;
      const { end } = quoted;
      if (end < line.length && !isSpace(line.charCodeAt(end))) return undefined;
      return { text: copy(line.slice(start, at) + quoted.text), end };
    }
    at++;
  }
  return { text: copy(line.slice(start, at)), end: at };
}

function doubleQuoted(line: ByteString, start: number): Word | undefined {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char !== '\\' || at + 1 >= line.length) {
      text += char;
      continue;
    }
    const hexadecimal = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4))?.[1];
    if (hexadecimal === undefined) {
      const escaped = line.charAt(++at);
      text += escapes[escaped] ?? escaped;
    } else {
      text += String.fromCharCode(parseInt(hexadecimal, 16));
      at += 3;
    }
  }
  return undefined;
}

function singleQuoted(line: ByteString, start: number): Word | undefined {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === "'") return { text, end: at + 1 };
    if (char === '\\' && line.charAt(at + 1) === "'") {
      text += "'";
      at++;
    } else {
      text += char;
    }
  }
  return undefined;
}

/** A string of its own: a cut would keep the whole line alive, and one that was put together piece by piece is large. */
function copy(text: ByteString): ByteString {
  return text.length <= cutLengthMax ? text : Buffer.from(text, 'latin1').toString('latin1');
}

function endsWord(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
