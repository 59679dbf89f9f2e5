/** The lines of a text with their numbers, without those that are blank. */
export interface Line {
  /** The first is 1. */
  readonly number: number;
  readonly text: string;
}

export function* linesOf(text: string): Generator<Line> {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (let number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).trim();
    if (line !== '') yield { number, text: line };
    start = end + 1;
  }
}
