/**
 * Texts for people. Whoever wrote the history may have put anything into its names and values, so nothing invisible stays
 * invisible, nothing turns the direction of the text that follows, ends its line, or commands a terminal.
 */
import { shorten } from './json.ts';

const keyLengthMax = 200;

/** Characters of the Unicode categories control, format, surrogate, private use, and the separators of lines. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Tabs and line ends too are written as escapes: the text is a single line. */
export function visible(text: string): string {
  return text.replace(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Plain names stand as they are, so that they read well; all else as JSON, so that nothing is taken for another. */
export function showKey(key: string | null): string {
  if (key === null) return 'the only object';
  return /^[\w.:/-]{1,100}$/.test(key) ? key : visible(shorten(JSON.stringify(key), keyLengthMax));
}
