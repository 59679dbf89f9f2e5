/**
 * Splits an inline command into its words, with Valkey's quoting (`sdssplitargs`): "…" with \xHH, \n, \r, \t, \b, \a
 * and \any, '…' with \' only. A closing quote must be followed by white space or the end.
 */
import type { ByteString } from './bytes.ts';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** The words, or `undefined` where the quotes are not balanced. */
export function splitInline(line: ByteString): ByteString[] | undefined {
  const words: ByteString[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line.charCodeAt(at))) at++;
    if (at >= line.length) return words;
    let word = '';
    while (at < line.length && !isSpace(line.charCodeAt(at))) {
      const char = line[at] as string;
      if (char === '"' || char === "'") {
        const quoted = char === '"' ? doubleQuoted(line, at + 1) : singleQuoted(line, at + 1);
        if (quoted === undefined) return undefined;
        word += quoted.text;
        at = quoted.end;
        if (at < line.length && !isSpace(line.charCodeAt(at))) return undefined;
      } else {
        word += char;
        at++;
      }
    }
    words.push(word);
  }
}

interface Quoted {
  readonly text: ByteString;
  /** Behind the closing quote. */
  readonly end: number;
}

function doubleQuoted(line: ByteString, start: number): Quoted | undefined {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line[at] as string;
    if (char === '"') return { text, end: at + 1 };
    if (char !== '\\' || at + 1 >= line.length) {
      text += char;
      continue;
    }
    const hexadecimal = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
    if (hexadecimal === null) {
      const escaped = line[++at] as string;
      text += escapes[escaped] ?? escaped;
    } else {
      text += String.fromCharCode(parseInt(hexadecimal[1] as string, 16));
      at += 3;
    }
  }
  return undefined;
}

function singleQuoted(line: ByteString, start: number): Quoted | undefined {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line[at] as string;
    if (char === "'") return { text, end: at + 1 };
    if (char === '\\' && line[at + 1] === "'") {
      text += "'";
      at++;
    } else {
      text += char;
    }
  }
  return undefined;
}

/** As C's `isspace`, and the end of a C string. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0;
}
