/**
 * In which line of a JSON text an element of an array stands, for messages: `JSON.parse` does not say where it found
 * what. The text is valid JSON, an object with that array as one of its own values.
 */
export function lineOfElement(text: string, name: string, index: number): number {
  let depth = 0;
  let element = -1;
  let line = 1;
  let inArray = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && !inArray)
        inArray = JSON.parse(text.slice(at, end)) === name && /^\s*:\s*\[/.test(text.slice(end));
      else if (depth === 2 && inArray && element === -1) element = 0;
      at = end - 1;
    } else if (character === '\n') line++;
    else if (character === '{' || character === '[') {
      depth++;
      if (inArray && depth === 2) element = 0;
    } else if (character === '}' || character === ']') depth--;
    else if (character === ',' && inArray && depth === 2) element++;
    if (inArray && element === index && (depth > 2 || /[^\s,[]/.test(character))) return line;
  }
  return line;
}

/** Right behind the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
