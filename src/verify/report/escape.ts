/** Texts of others inside HTML. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for quoted attributes. A NUL or half a surrogate pair cannot stand in HTML at all. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0\p{Cs}]/gu, '\u{fffd}').replace(/[&<>"']/g, (character) => entities[character] as string);
}

/**
 * JSON for a `script` element: there the parser looks for nothing but `</script` and `<!--`, neither of which is there
 * without a `<`. JSON escapes half surrogate pairs itself.
 */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
